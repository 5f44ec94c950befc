using System.Diagnostics;

namespace Attune.Cli.Tests;

/// <summary>Runs the real program as a user does: a process of its own, its exit code, what it printed.</summary>
internal static class AttuneProcess
{
    /// <summary>The checkout's root: recipes and samples are found below it.</summary>
    public static string Root { get; } = Checkout.Root;

    /// <summary>Runs <c>attune arguments…</c> in <paramref name="directory"/> (default: the root) and waits.</summary>
    public static Result Run(string[] arguments, string? directory = null, TimeSpan? timeout = null, string? input = null, (string Name, string Value)[]? environment = null)
    {
        var start = StartInfo(arguments, directory, "dotnet");
        foreach (var (name, value) in environment ?? []) start.Environment[name] = value;
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

    /// <summary>How the program is started, its three streams redirected.</summary>
    /// <param name="arguments">The words of the command line.</param>
    /// <param name="directory">Current directory; null: the root.</param>
    /// <param name="launcher">The words that go before: <c>dotnet</c>, or a program that becomes it.</param>
    public static ProcessStartInfo StartInfo(string[] arguments, string? directory, params string[] launcher)
    {
        var start = new ProcessStartInfo(launcher[0])
        {
            WorkingDirectory = directory ?? Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        foreach (var argument in (string[])[.. launcher[1..], "exec", Program, .. arguments]) start.ArgumentList.Add(argument);
        return start;
    }

    /// <summary>The built program.</summary>
    public static string Program { get; } = Path.Combine(Root, "artifacts/bin/Attune.Cli/release/attune.dll");

    internal sealed record Result(int ExitCode, string Output, string Error);
}
