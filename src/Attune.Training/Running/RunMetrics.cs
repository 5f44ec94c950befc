using Attune.Runs.Metrics;
using Attune.Training.Loop;

namespace Attune.Training.Running;

/// <summary>Writes what happens into <c>metrics.jsonl</c>.</summary>
/// <param name="log">The run's file, open.</param>
/// <param name="path">Where it is.</param>
/// <param name="tokensBefore">Tokens that earlier processes of the run trained on.</param>
internal sealed class RunMetrics(MetricsLog log, string path, long tokensBefore) : ITrainingObserver
{
    private long _tokens = tokensBefore;

    /// <inheritdoc/>
    public void OnStart(RunArithmetic arithmetic)
    {
        // plan.json holds it.
    }

    /// <inheritdoc/>
    public void OnStep(StepReport step)
    {
        _tokens += step.Tokens;
        log.Append(
            step.Step,
            (MetricNames.Epoch, step.Epoch),
            (MetricNames.Loss, step.Loss),
            (MetricNames.LearningRate, step.LearningRate),
            (MetricNames.GradNorm, step.GradNorm),
            (MetricNames.TrainTokensPerSecond, step.Tokens / step.Seconds),
            (MetricNames.NumInputTokensSeen, _tokens));
    }

    /// <inheritdoc/>
    public void OnEvaluation(EvaluationReport evaluation)
    {
        List<(string, double)> values = [(MetricNames.Epoch, evaluation.Epoch), (MetricNames.EvalLoss, evaluation.Loss), (MetricNames.EvalRuntime, evaluation.Seconds)];
        if (evaluation.BitsPerByte is { } bits) values.Add((MetricNames.EvalBitsPerByte, bits));
        log.Append(evaluation.Step, [.. values]);
    }

    /// <inheritdoc/>
    public void OnCheckpoint(string folder, bool isBest)
    {
        // The pointers of the run tell.
    }

    /// <inheritdoc/>
    public void OnEnd(TrainingResult result)
    {
        if (result.Reason == StopReason.Interrupted) return;

        // The file knows the steps of earlier processes too.
        var losses = MetricsFile.Read(path).Where(row => row.Values.ContainsKey(MetricNames.Loss)).Select(row => row.Values[MetricNames.Loss]).ToArray();
        if (losses.Length == 0) return;
        log.Append(result.Step, (MetricNames.TrainLoss, losses.Average()), (MetricNames.TrainRuntime, result.Time.TotalSeconds));
    }
}
