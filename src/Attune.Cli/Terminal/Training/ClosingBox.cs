using System.Globalization;
using Attune.Training.Loop;
using Spectre.Console;

namespace Attune.Cli.Terminal.Training;

/// <summary>How a run ended, and the next command to type.</summary>
internal static class ClosingBox
{
    /// <summary>Writes the box.</summary>
    public static void Write(IAnsiConsole console, TrainingResult result, string runFolder)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        foreach (var (name, value) in Rows(result, runFolder))
            grid.AddRow(Markup.Escape(name), Markup.Escape(value));
        console.Write(new Panel(grid) { Header = new PanelHeader(Title(result.Reason)), Expand = false });
    }

    private static IEnumerable<(string Name, string Value)> Rows(TrainingResult result, string runFolder)
    {
        yield return ("time", Units.Time(result.Time));
        var perSecond = result.Time > TimeSpan.Zero ? result.Tokens / result.Time.TotalSeconds : 0;
        yield return ("tokens", $"{Units.Count(result.Tokens)}, {Units.Count((long)perSecond)} a second");
        yield return ("peak memory", Units.Bytes(result.PeakMemory));
        yield return ("last step", result.Step.ToString(CultureInfo.InvariantCulture));
        if (result is { BestStep: { } step, BestLoss: { } loss })
            yield return ("best step", $"{step}, validation loss {StepLine.Number(loss)}");
        yield return result.Reason == StopReason.Interrupted
            ? ("go on with", $"./attune train --resume {runFolder}")
            : ("try it", $"./attune chat {runFolder}");
    }

    private static string Title(StopReason reason) => reason switch
    {
        StopReason.Finished => " trained ",
        StopReason.EarlyStopped => " stopped early: validation loss made no progress ",
        _ => " interrupted: everything up to the last step is saved ",
    };
}
