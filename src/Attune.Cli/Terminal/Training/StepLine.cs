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

    /// <summary>The line, without a bar; empty before the first step.</summary>
    public override string ToString()
    {
        if (_last is null) return "";
        var seconds = _recent.Sum(step => step.Seconds);
        List<string> parts =
        [
            $"step {_last.Step}/{totalSteps}",
            $"loss {Number(_last.Loss)}",
        ];
        if (_evaluationLoss is { } loss) parts.Add($"val {Number(loss)}");
        parts.Add($"lr {_last.LearningRate.ToString("0.0e-0", CultureInfo.InvariantCulture)}");
        if (seconds > 0) parts.Add($"{Units.Count((long)(_recent.Sum(step => (long)step.Tokens) / seconds))} tok/s");
        parts.Add(Units.Bytes(_last.ResidentMemory));
        if (Left(seconds) is { } left) parts.Add($"{Units.Time(left)} left");
        return string.Join("  ", parts);
    }

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
