using System.Runtime.InteropServices;
using Attune.Cli.Terminal;
using Spectre.Console;

namespace Attune.Cli;

/// <summary>Ctrl-C while training: once asks to finish the step and save, twice stops at once.</summary>
internal sealed class StopRequest : IDisposable
{
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;
    private volatile bool _isRequested;

    public StopRequest()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle);
    }

    /// <summary>Whether the user asked once.</summary>
    public bool IsRequested => _isRequested;

    /// <inheritdoc/>
    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        if (_isRequested) return; // not cancelled: the system ends the process
        context.Cancel = true;
        _isRequested = true;
        Screen.Error.WriteLine();
        Screen.Error.MarkupLine("[yellow]stopping after this step; once more stops at once[/]");
    }
}
