using System.Globalization;
using Attune.Runs;
using Attune.Training.Loop;
using Spectre.Console;

namespace Attune.Cli.Terminal.Training;

/// <summary>How a run ended, and the next command to type.</summary>
internal static class ClosingBox
{
    private const int Frame = 6; // columns of borders, padding, and the gap between name and value

    /// <summary>Writes the box.</summary>
    /// <param name="console">Where to.</param>
    /// <param name="result">How the run ended.</param>
    /// <param name="runFolder">Its directory.</param>
    /// <param name="kind">Its kind, whose verb goes on with it.</param>
    /// <param name="showNext">Whether it names the next command.</param>
    public static void Write(IAnsiConsole console, TrainingResult result, string runFolder, RunKind kind = RunKind.Tuning, bool showNext = true)
    {
        var rows = Rows(result).ToList();
        var next = Next(result.Reason, runFolder, kind);
        var fits = rows.Append(next).Max(row => row.Name.Length) + next.Value.Length + Frame <= console.Profile.Width;
        if (fits && showNext) rows.Add(next);
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        foreach (var (name, value) in rows)
            grid.AddRow(Markup.Escape(name), Markup.Escape(value));
        console.Write(new Panel(grid) { Header = new PanelHeader(Title(result.Reason)), Expand = false });
        if (!fits && showNext) console.Profile.Out.Writer.WriteLine($"{next.Name}: {next.Value}"); // folded by nobody, it can be copied
    }

    private static IEnumerable<(string Name, string Value)> Rows(TrainingResult result)
    {
        yield return ("time", Units.Time(result.Time));
        if (result.Tokens > 0)
            yield return ("tokens", $"{Units.Count(result.Tokens)} at {Units.Count((long)(result.Tokens / result.Time.TotalSeconds))} a second");
        yield return ("peak memory", Units.Bytes(result.PeakMemory));
        yield return ("last step", result.Step.ToString(CultureInfo.InvariantCulture));
        if (result is { BestStep: { } step, BestLoss: { } loss })
            yield return ("best step", $"{step}, validation loss {StepLine.Number(loss)}");
    }

    private static (string Name, string Value) Next(StopReason reason, string runFolder, RunKind kind) => (reason, kind) switch
    {
        (StopReason.Interrupted, _) => ("go on with", $"./attune {kind.Verb()} --resume {runFolder}"),
        (_, RunKind.Pretraining) => ("try it", $"./attune generate {runFolder} --prompt \"…\""),
        _ => ("try it", $"./attune chat {runFolder}"),
    };

    private static string Title(StopReason reason) => reason switch
    {
        StopReason.Finished => " trained ",
        StopReason.EarlyStopped => " stopped early: no progress ",
        _ => " interrupted and saved ",
    };
}
