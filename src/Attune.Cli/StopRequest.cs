using System.Runtime.InteropServices;
using Attune.Cli.Terminal;
using Spectre.Console;

namespace Attune.Cli;

/// <summary>Ctrl-C while training: once asks to finish the step and save, twice stops at once.</summary>
internal sealed class StopRequest : IDisposable
{
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;
    private readonly CancellationTokenSource _source = new();
    private readonly string _notice;

    /// <summary>Begins to listen.</summary>
    /// <param name="notice">What is told at the first Ctrl-C.</param>
    public StopRequest(string notice = "stopping after this step; once more stops at once")
    {
        _notice = notice;
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle);
    }

    /// <summary>Whether the user asked once.</summary>
    public bool IsRequested => _source.IsCancellationRequested;

    /// <summary>Cancelled when the user asked once, for work that has no steps.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>What a user is told who stops when everything is trained.</summary>
    /// <param name="runFolder">The run directory.</param>
    public static AttuneException BeforeTheTestFigures(string runFolder) => new(
        ExitCode.Interrupted, "Stopped before the test figures were made; the run itself is complete.", $"Make them with: ./attune train --resume {runFolder}");

    /// <inheritdoc/>
    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _source.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        if (IsRequested) return; // not cancelled: the system ends the process
        context.Cancel = true;
        Screen.Error.WriteLine();
        Screen.Error.MarkupLineInterpolated($"[yellow]{_notice}[/]");
        _source.Cancel();
    }
}
