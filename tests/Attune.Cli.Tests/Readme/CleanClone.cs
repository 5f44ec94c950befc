using System.Diagnostics;

namespace Attune.Cli.Tests.Readme;

/// <summary>A clone of this checkout in a folder of its own, built and called by its own <c>attune</c> script.</summary>
public sealed class CleanClone : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("attune").FullName;
    private readonly Lazy<(AttuneProcess.Result First, string Run)> _made;

    public CleanClone() => _made = new(Make);

    internal string Folder => Path.Combine(_folder, "clone");

    /// <summary>How the first command ended, which also built the program.</summary>
    internal AttuneProcess.Result First => _made.Value.First;

    /// <summary>Runs <c>./attune words…</c> in the clone; <see cref="ReadmeCommands.Run"/> is the run that the first command made.</summary>
    internal AttuneProcess.Result Attune(ReadmeCommand command)
    {
        var run = _made.Value.Run;
        return Start("./attune", Folder, [.. command.Words.Select(word => word.Replace(ReadmeCommands.Run, run, StringComparison.Ordinal))], command.Input);
    }

    private (AttuneProcess.Result First, string Run) Make()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("The script is for Linux.");
        if (Start("git", _folder, ["clone", "--quiet", Checkout.Root, Folder]) is { ExitCode: not 0 } failed) Assert.Skip($"This checkout cannot be cloned: {failed.Error}");
        var first = Start("./attune", Folder, ["train", "recipes/tiny/lora.yaml", "--set", "max_steps=3"]);
        Assert.True(first.ExitCode == 0, first.Output + first.Error);
        var run = Assert.Single(Directory.GetDirectories(Path.Combine(Folder, "runs")));
        return (first, Path.GetRelativePath(Folder, run));
    }

    private static AttuneProcess.Result Start(string program, string directory, string[] words, string? input = null)
    {
        var start = new ProcessStartInfo(program == "git" ? program : Path.Combine(directory, program), words)
        {
            WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        if (process.WaitForExit(TimeSpan.FromMinutes(15))) return new AttuneProcess.Result(process.ExitCode, output.Result, error.Result);
        process.Kill(entireProcessTree: true);
        throw new TimeoutException($"{program} {string.Join(' ', words)} did not end in time.");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
