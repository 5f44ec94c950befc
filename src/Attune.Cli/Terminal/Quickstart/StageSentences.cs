using System.Globalization;
using Attune.Cli.Terminal.Training;
using Attune.Data.Preparation;
using Attune.Evaluation.Tasks;
using Attune.Training.Loop;

namespace Attune.Cli.Terminal.Quickstart;

/// <summary>What came of each stage, in one plain sentence.</summary>
internal static class StageSentences
{
    /// <summary>Of the rows.</summary>
    public static string Of(PreparedData data, TestTask task)
    {
        var (used, taken) = (data.Sets.Sources.Sum(source => source.RowsUsed), data.Sets.Parts.Sum(part => part.Rows.Count));
        var text = $"{Units.Count(used + data.Sets.BadRows.Count)} rows were read";
        if (data.BadRows.Count > 0) text += $", {Units.Count(data.BadRows.Count)} bad ones left out";
        if (data.Parts.Sum(part => part.Dropped.Count) is > 0 and var dropped) text += $", {Units.Count(dropped)} without a label after cutting";
        if (used > taken) text += $", {Units.Count(used - taken)} left aside to be quick (data.limit, data.test_limit)";
        text += $": {Units.Count(data.Train.Examples.Count)} to train on";
        if (data.Validation is { } validation) text += $", {Units.Count(validation.Examples.Count)} to choose the best step";
        return text + (data.Test is null ? " and to measure with." : $", {Units.Count(task.Rows)} to measure with.");
    }

    /// <summary>Of a model on the test rows.</summary>
    /// <param name="when">Before or after training.</param>
    /// <param name="measurement">What it reached.</param>
    /// <param name="task">The rows.</param>
    public static string Of(string when, TaskMeasurement measurement, TestTask task) => measurement switch
    {
        LabelMeasurement labels => string.Create(CultureInfo.InvariantCulture,
            $"{when} it gave {Math.Round(labels.Accuracy.Value * labels.Rows)} of {labels.Rows} {task.Part} rows their right label: {100 * labels.Accuracy.Value:0.0} %."),
        LossMeasurement loss => $"{when} its loss on {Units.Count(loss.Rows)} {task.Part} rows was {StepLine.Number(loss.Loss.Value)}.",
        _ => throw new InvalidOperationException(measurement.GetType().Name),
    };

    /// <summary>Of training.</summary>
    public static string Of(RunArithmetic run, TrainingResult result)
    {
        var best = result.BestStep is { } step ? $"; step {step} did best on the validation rows and is kept" : "";
        var trained = run.TrainableParameters == run.AllParameters ? "all" : $"{Units.Count(run.TrainableParameters)} of";
        return $"{Units.Count(result.Step)} steps of {run.EffectiveBatch} rows trained {trained} {Units.Count(run.AllParameters)} parameters{best}.";
    }
}
