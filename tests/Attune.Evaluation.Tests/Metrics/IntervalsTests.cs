using System.Text.Json.Nodes;
using Attune.Evaluation.Metrics;

namespace Attune.Evaluation.Tests.Metrics;

public class IntervalsTests
{
    /// <summary>Tolerance 1e-8, as the reference's README gives it.</summary>
    [Fact]
    public void Wilsons_interval_equals_the_reference()
    {
        var statistics = JsonNode.Parse(File.ReadAllText(Goldens.Path("metrics/statistics.json")))!;
        var compared = 0;
        foreach (var item in statistics["proportion_intervals"]!.AsArray())
        {
            if ((double)item!["alpha"]! != 0.05) continue;
            var estimate = Intervals.Wilson((int)item["successes"]!, (int)item["trials"]!);
            Assert.Equal((double)item["wilson"]![0]!, estimate.Low, 1e-8);
            Assert.Equal((double)item["wilson"]![1]!, estimate.High, 1e-8);
            compared++;
        }

        Assert.True(compared > 3);
    }

    [Fact]
    public void The_bootstrap_of_a_mean_covers_what_the_normal_interval_covers()
    {
        // 400 zeros and ones with mean 0.25: standard error 0.02165.
        var estimate = Intervals.Bootstrap(400, rows => rows.Count(i => i % 4 == 0) / 400.0, seed: 1);
        Assert.Equal(0.25, estimate.Value);
        Assert.InRange(estimate.Low, 0.25 - 0.0475, 0.25 - 0.0375);
        Assert.InRange(estimate.High, 0.25 + 0.0375, 0.25 + 0.0475);
    }
}
