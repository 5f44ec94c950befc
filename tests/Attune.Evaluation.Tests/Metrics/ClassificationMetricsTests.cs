using System.Text.Json.Nodes;
using Attune.Evaluation.Metrics;

namespace Attune.Evaluation.Tests.Metrics;

public class ClassificationMetricsTests
{
    /// <summary>Tolerance 1e-9: only the summation order of float64 differs.</summary>
    [Fact]
    public void Accuracy_and_macro_f1_equal_the_reference()
    {
        var cases = JsonNode.Parse(File.ReadAllText(Goldens.Path("metrics/classification.json")))!.AsArray();
        var compared = 0;
        foreach (var item in cases)
        {
            // Weights and a fixed label list are not offered.
            if (item!["sample_weight"] is not null || item["labels"] is not null) continue;
            string[] truth = [.. item["y_true"]!.AsArray().Select(v => v!.ToString())];
            string[] predicted = [.. item["y_pred"]!.AsArray().Select(v => v!.ToString())];
            Assert.Equal((double)item["accuracy"]!, ClassificationMetrics.Accuracy<string>(truth, predicted), 1e-9);
            var macro = item["precision_recall_f1"]!["zero_division_0"]!["macro"]!["f1"]!;
            Assert.Equal((double)macro, ClassificationMetrics.MacroF1<string>(truth, predicted), 1e-9);
            compared++;
        }

        Assert.True(compared >= 8, $"only {compared} cases compared");
    }
}
