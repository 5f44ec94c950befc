using System.Diagnostics;

namespace Attune.Cli.Tests;

/// <summary>Runs the real program as a user does: a process of its own, its exit code, what it printed.</summary>
internal static class AttuneProcess
{
    /// <summary>The checkout's root: recipes and samples are found below it.</summary>
    public static string Root { get; } = Checkout.Root;

    /// <summary>Runs <c>attune arguments…</c> in <paramref name="directory"/> (default: the root) and waits.</summary>
    public static Result Run(string[] arguments, string? directory = null, TimeSpan? timeout = null, string? input = null)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = directory ?? Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(Program);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (input is not null) process.StandardInput.Write(input);
        process.StandardInput.Close();
        if (!process.WaitForExit(timeout ?? TimeSpan.FromMinutes(2)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"attune {string.Join(' ', arguments)} did not end in time.");
        }

        return new Result(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>The built program.</summary>
    public static string Program { get; } = Path.Combine(Root, "artifacts/bin/Attune.Cli/release/attune.dll");

    internal sealed record Result(int ExitCode, string Output, string Error);
}
