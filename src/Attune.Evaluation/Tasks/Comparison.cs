using Attune.Evaluation.Metrics;

namespace Attune.Evaluation.Tasks;

/// <summary>
/// Before and after: the base and the tuned model on the same test rows, and the difference with its 95 % interval.
/// The interval is paired: rows are drawn with both models' results, so that what is hard for both cancels out.
/// </summary>
/// <param name="Base">The model before fine-tuning.</param>
/// <param name="Tuned">The model after it.</param>
/// <param name="Difference">Tuned minus base: of accuracy for a label task, of loss otherwise.</param>
public sealed record Comparison(TaskMeasurement Base, TaskMeasurement Tuned, Estimate Difference)
{
    /// <summary>Compares two label measurements of the same rows.</summary>
    /// <param name="truth">True label of each row.</param>
    /// <param name="before">The base model's.</param>
    /// <param name="after">The tuned model's.</param>
    public static Comparison OfLabels(IReadOnlyList<string> truth, LabelMeasurement before, LabelMeasurement after)
    {
        double[] gain = [.. truth.Select((label, row) => Hit(after, row, label) - Hit(before, row, label))];
        return new Comparison(before, after, Intervals.Bootstrap(gain.Length, rows => rows.Average(row => gain[row]), seed: 7));
    }

    /// <summary>Compares two loss measurements of the same rows.</summary>
    /// <param name="tokens">Label tokens of each row.</param>
    /// <param name="before">The base model's.</param>
    /// <param name="after">The tuned model's.</param>
    public static Comparison OfLosses(IReadOnlyList<int> tokens, LossMeasurement before, LossMeasurement after) =>
        new(before, after, Intervals.Bootstrap(
            tokens.Count,
            rows => rows.Sum(row => after.RowLosses[row] - before.RowLosses[row]) / rows.Sum(row => tokens[row]),
            seed: 7));

    private static double Hit(LabelMeasurement measurement, int row, string label) => measurement.Predicted[row] == label ? 1 : 0;
}
