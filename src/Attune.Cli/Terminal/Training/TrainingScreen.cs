using Attune.Training.Loop;
using Spectre.Console;

namespace Attune.Cli.Terminal.Training;

/// <summary>
/// The terminal of a run: banner, one line that is rewritten in place (plain lines where the output is no terminal),
/// a line a validation with a sample answer, the closing box.
/// </summary>
internal sealed class TrainingScreen(IAnsiConsole console, long machineMemory, TimeProvider clock) : ITrainingObserver
{
    private const int BarWidth = 20;
    private readonly bool _live = console.Profile.Capabilities.Interactive && console.Profile.Capabilities.Ansi;
    private StepLine _line = null!;
    private RunArithmetic _run = null!;

    /// <inheritdoc/>
    public void OnStart(RunArithmetic arithmetic)
    {
        _run = arithmetic;
        _line = new StepLine(arithmetic.TotalSteps, clock);
        StartBanner.Write(console, arithmetic, machineMemory);
    }

    /// <inheritdoc/>
    public void OnStep(StepReport step)
    {
        _line.Add(step);
        if (_live) Rewrite(step.Step == _run.TotalSteps ? "" : $"{Bar(_line.Share)} {_line}");
        else if (IsWorthALine(step.Step)) console.WriteLine(_line.ToString());
    }

    /// <inheritdoc/>
    public void OnEvaluation(EvaluationReport evaluation)
    {
        _line.Add(evaluation);
        if (_live) Rewrite("");
        console.MarkupLine(Markup.Escape(_line.ToString()) + (evaluation.IsBest ? "  [green]best[/]" : ""));
        if (evaluation.Sample is not { } sample) return;
        console.MarkupLineInterpolated($"    [grey]{OneLine(sample.Prompt)}[/]");
        console.MarkupLineInterpolated($"    → {OneLine(sample.Answer)}");
    }

    /// <inheritdoc/>
    public void OnCheckpoint(string folder, bool isBest)
    {
        // A checkpoint a validation is the normal case: the directory shows them.
    }

    /// <inheritdoc/>
    public void OnEnd(TrainingResult result)
    {
        if (_live) Rewrite("");
        console.WriteLine();
        ClosingBox.Write(console, result, _run.RunFolder);
    }

    // About fifty lines a run, however long it is, and the first and the last step.
    private bool IsWorthALine(int step) =>
        step == _run.FirstStep || step == _run.TotalSteps || step % Math.Max(1, _run.TotalSteps / 50) == 0;

    private void Rewrite(string text)
    {
        var width = Math.Max(10, console.Profile.Width - 1);
        var writer = console.Profile.Out.Writer;
        writer.Write("\r" + (text.Length > width ? text[..width] : text) + "\u001b[K");
        writer.Flush();
    }

    private static string Bar(double share)
    {
        var full = (int)(share * BarWidth);
        return new string('━', full) + new string('─', BarWidth - full);
    }

    private static string OneLine(string text)
    {
        var line = text.ReplaceLineEndings(" ").Trim();
        return line.Length > 160 ? line[..159] + "…" : line;
    }
}
