using Attune.Runs;
using Attune.Training.Loop;
using Spectre.Console;

namespace Attune.Cli.Terminal.Training;

/// <summary>
/// The terminal of a run: banner, one line that is rewritten in place (plain lines where the output is no terminal),
/// a line a validation with a sample answer, the closing box.
/// </summary>
/// <param name="console">Where to.</param>
/// <param name="machineMemory">Bytes.</param>
/// <param name="clock">For the time left.</param>
/// <param name="kind">Kind of the run.</param>
/// <param name="isLast">Whether a trained run is the end of the command; else what to try comes later.</param>
internal sealed class TrainingScreen(
    IAnsiConsole console, long machineMemory, TimeProvider clock, RunKind kind = RunKind.Tuning, bool isLast = true) : ITrainingObserver
{
    private const int BarWidth = 20;
    private readonly LiveLine _live = new(console);
    private StepLine _line = null!;
    private RunArithmetic _run = null!;
    private bool _hasAsked;

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
        if (_live.IsLive) _live.Show(WithBar(_line.Fit(_live.Width)));
        else if (IsWorthALine(step.Step)) console.WriteLine(_line.ToString());
    }

    /// <inheritdoc/>
    public void OnEvaluation(EvaluationReport evaluation)
    {
        _line.Add(evaluation);
        _live.Clear();
        const string best = "  best";
        var bits = evaluation.BitsPerByte is { } value ? $"  {StepLine.Number(value)} bits a byte" : "";
        var line = _live.IsLive ? _line.Fit(_live.Width - best.Length - bits.Length) : _line.Validation; // plain lines have the step's already
        console.MarkupLine(Markup.Escape(line + bits) + (evaluation.IsBest ? $"[green]{best}[/]" : ""));
        if (evaluation.Sample is not { } sample) return;
        if (!_hasAsked) console.MarkupLineInterpolated($"    [grey]{OneLine.Of(sample.Prompt)}[/]"); // the same every time
        _hasAsked = true;
        console.MarkupLineInterpolated($"    → {OneLine.Of(sample.Answer)}");
    }

    /// <inheritdoc/>
    public void OnCheckpoint(string folder, bool isBest)
    {
        // A checkpoint a validation is the normal case: the directory shows them.
    }

    /// <inheritdoc/>
    public void OnEnd(TrainingResult result)
    {
        _live.Clear();
        console.WriteLine();
        ClosingBox.Write(console, result, _run.RunFolder, kind, showNext: isLast || result.Reason == StopReason.Interrupted);
    }

    // About fifty lines a run, however long it is, and the first and the last step.
    private bool IsWorthALine(int step) =>
        step == _run.FirstStep || step == _run.TotalSteps || step % Math.Max(1, _run.TotalSteps / 50) == 0;

    private string WithBar(string line)
    {
        var full = (int)(_line.Share * BarWidth);
        var withBar = $"{new string('━', full)}{new string('─', BarWidth - full)} {line}";
        return withBar.Length <= _live.Width ? withBar : line;
    }
}
