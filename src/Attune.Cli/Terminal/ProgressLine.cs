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
    public void Show(string what, int done, int total)
    {
        if (what != _what) (_what, _start) = (what, Stopwatch.GetTimestamp());
        if (!_line.IsLive) return;
        var elapsed = Stopwatch.GetElapsedTime(_start);
        var rate = elapsed > TimeSpan.Zero ? done / elapsed.TotalSeconds : 0;
        var left = rate > 0 ? $", {rate:0} a second, {Units.Time(TimeSpan.FromSeconds((total - done) / rate))} left" : "";
        _line.Show($"{what}: {done} of {total} rows{left}");
    }

    /// <summary>Takes the line away.</summary>
    public void Clear() => _line.Clear();
}
