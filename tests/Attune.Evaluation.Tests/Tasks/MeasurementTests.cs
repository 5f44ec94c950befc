using Attune.Evaluation.Tasks;

namespace Attune.Evaluation.Tests.Tasks;

public class MeasurementTests
{
    [Fact]
    public void A_paired_difference_is_narrower_than_two_intervals_apart()
    {
        // 200 rows; the tuned model keeps what the base got right and gains 40 rows.
        string[] truth = [.. Enumerable.Range(0, 200).Select(row => row % 2 == 0 ? "spam" : "ham")];
        string[] before = [.. truth.Select((label, row) => row < 120 ? label : "other")];
        string[] after = [.. truth.Select((label, row) => row < 160 ? label : "other")];
        var (first, second) = (LabelMeasurement.Of(truth, before, 1), LabelMeasurement.Of(truth, after, 1));

        var comparison = Comparison.OfLabels(truth, first, second);

        Assert.Equal(0.6, first.Accuracy.Value, 12);
        Assert.Equal(0.2, comparison.Difference.Value, 12);
        Assert.InRange(comparison.Difference.Low, 0.12, 0.19);
        Assert.InRange(comparison.Difference.High, 0.21, 0.28);
    }

    [Fact]
    public void Loss_is_weighted_by_tokens_and_perplexity_is_its_exponential()
    {
        var measurement = LossMeasurement.Of([10, 1], [4, 1], 1);
        Assert.Equal(2.2, measurement.Loss.Value, 12);
        Assert.Equal(Math.Exp(2.2), measurement.Perplexity.Value, 9);
        Assert.Equal(5, measurement.LabelTokens);
    }
}
