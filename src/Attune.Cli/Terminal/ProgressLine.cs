using System.Diagnostics;
using Spectre.Console;

namespace Attune.Cli.Terminal;

/// <summary>One line that is rewritten in place: how many of how many, how fast, how long still. Silent where the output is no terminal.</summary>
internal sealed class ProgressLine(IAnsiConsole console)
{
    private readonly LiveLine _line = new(console);
    private string _what = "";
    private long _start;

    /// <summary>Shows where a piece of work is.</summary>
    /// <param name="what">The work; another one begins the clock anew.</param>
    /// <param name="done">How many are done.</param>
    /// <param name="total">How many there are.</param>
    /// <param name="unit">What is counted.</param>
    public void Show(string what, int done, int total, string unit = "rows")
    {
        if (what != _what) (_what, _start) = (what, Stopwatch.GetTimestamp());
        if (!_line.IsLive) return;
        var elapsed = Stopwatch.GetElapsedTime(_start);
        var rate = elapsed > TimeSpan.Zero ? done / elapsed.TotalSeconds : 0;
        var left = rate > 0 ? $", {Units.Count((long)rate)} a second, {Units.Time(TimeSpan.FromSeconds((total - done) / rate))} left" : "";
        _line.Show($"{what}: {Units.Count(done)} of {Units.Count(total)} {unit}{left}");
    }

    /// <summary>Takes the line away.</summary>
    public void Clear() => _line.Clear();
}
