using System.Diagnostics;
using System.Text.Json;
using Attune.Bench.Cases;

namespace Attune.Bench;

/// <summary>Measures a case by starting this program again for it alone.</summary>
internal static class CaseProcess
{
    /// <param name="one">The case.</param>
    /// <param name="list">The words that choose its list.</param>
    public static Measurement Run(BenchCase one, IReadOnlyList<string> list)
    {
        Console.Error.WriteLine($"{one.Name} ...");
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["exec", Environment.GetCommandLineArgs()[0], .. list, "--case", one.Name, "--json"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<Report>(output, Report.Json)!.Measurements[0]
            : new Measurement { Case = one.Name, Note = $"failed with exit code {process.ExitCode}" };
    }
}
