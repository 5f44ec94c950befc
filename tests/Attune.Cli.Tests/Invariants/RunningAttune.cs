using System.Diagnostics;
using System.Text;

namespace Attune.Cli.Tests.Invariants;

/// <summary>The program while it runs: its output line by line, and the signals a user sends it.</summary>
internal sealed class RunningAttune : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly Task<string> _error;

    public RunningAttune(string[] arguments, string directory)
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Signals are sent with the tools of Linux.");
        // A test runner that was started in the background ignores Ctrl-C, and its children would inherit that.
        _process = Process.Start(AttuneProcess.StartInfo(arguments, directory, "env", "--default-signal=INT", "dotnet"))!;
        _process.StandardInput.Close();
        _error = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>Reads the output up to a line that begins so.</summary>
    public void WaitFor(string start)
    {
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            _output.Append(line).Append('\n');
            if (line.StartsWith(start, StringComparison.Ordinal)) return;
        }

        Assert.Fail($"No line begins with '{start}'.\n{_output}{_error.Result}");
    }

    /// <summary>Ctrl-C.</summary>
    public void Interrupt()
    {
        using var shell = Process.Start("sh", ["-c", $"kill -INT {_process.Id}"]);
        shell.WaitForExit();
    }

    /// <summary><c>kill -9</c>: nothing of the program runs any more.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Waits for the end.</summary>
    public AttuneProcess.Result Wait()
    {
        _output.Append(_process.StandardOutput.ReadToEnd());
        _process.WaitForExit();
        return new AttuneProcess.Result(_process.ExitCode, _output.ToString(), _error.Result);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }
}
