using System.Globalization;
using Attune.Training.Loop;

namespace Attune.Cli.Terminal.Training;

/// <summary>One line that says where a run is: step, losses, learning rate, speed, memory, time left.</summary>
internal sealed class StepLine(int totalSteps, TimeProvider clock)
{
    private const int Window = 20; // steps over which speed and time left are averaged
    private readonly Queue<StepReport> _recent = new();
    private readonly Queue<long> _ends = new();
    private double? _evaluationLoss;
    private StepReport? _last;

    /// <summary>Takes a step in.</summary>
    public void Add(StepReport step)
    {
        _last = step;
        _recent.Enqueue(step);
        _ends.Enqueue(clock.GetTimestamp());
        if (_recent.Count <= Window) return;
        _recent.Dequeue();
        _ends.Dequeue();
    }

    /// <summary>Takes a validation in.</summary>
    public void Add(EvaluationReport evaluation) => _evaluationLoss = evaluation.Loss;

    /// <summary>The share of steps done, in [0, 1].</summary>
    public double Share => _last is null ? 0 : (double)_last.Step / totalSteps;

    /// <summary>The whole line, without a bar; empty before the first step.</summary>
    public override string ToString() => Fit(int.MaxValue);

    /// <summary>The line in at most so many columns: what matters least is left out first.</summary>
    public string Fit(int columns)
    {
        if (_last is null) return "";
        var parts = Parts(_last).ToList();
        while (parts.Count > 1 && Join(parts).Length > columns) parts.Remove(parts.MinBy(part => part.Weight));
        return Join(parts);
    }

    /// <summary>Step and validation loss alone; empty before the first validation.</summary>
    public string Validation => _last is null || _evaluationLoss is not { } loss ? "" : $"step {_last.Step}/{totalSteps}  val {Number(loss)}";

    private IEnumerable<(string Text, int Weight)> Parts(StepReport last)
    {
        var seconds = _recent.Sum(step => step.Seconds);
        yield return ($"step {last.Step}/{totalSteps}", 7);
        yield return ($"loss {Number(last.Loss)}", 6);
        if (_evaluationLoss is { } loss) yield return ($"val {Number(loss)}", 5);
        yield return ($"lr {(last.LearningRate == 0 ? "0" : last.LearningRate.ToString("0.0e-0", CultureInfo.InvariantCulture))}", 2);
        if (seconds > 0) yield return ($"{Units.Count((long)(_recent.Sum(step => (long)step.Tokens) / seconds))} tok/s", 3);
        yield return (Units.Bytes(last.ResidentMemory), 1);
        if (Left(seconds) is { } left) yield return ($"{Units.Time(left)} left", 4);
    }

    private static string Join(IEnumerable<(string Text, int Weight)> parts) => string.Join("  ", parts.Select(part => part.Text));

    // Wall clock between steps holds validations too, so that time left counts them.
    private TimeSpan? Left(double seconds)
    {
        var remaining = totalSteps - _last!.Step;
        if (remaining == 0) return null;
        var perStep = _ends.Count > 1
            ? clock.GetElapsedTime(_ends.Peek(), _ends.Last()).TotalSeconds / (_ends.Count - 1)
            : seconds / _recent.Count;
        return TimeSpan.FromSeconds(perStep * remaining);
    }

    /// <summary>A loss with three digits that count.</summary>
    public static string Number(double value) => value.ToString(value < 0.1 ? "0.0000" : "0.000", CultureInfo.InvariantCulture);
}
