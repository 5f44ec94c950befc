using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Evaluation.Metrics;

namespace Attune.Evaluation.Tasks;

/// <summary>What <c>evaluation/metrics.json</c> of a run holds.</summary>
public static class EvaluationFile
{
    /// <summary>A comparison as JSON.</summary>
    /// <param name="task">The task measured.</param>
    /// <param name="comparison">Base and tuned model.</param>
    public static JsonObject Of(TestTask task, Comparison comparison) => new()
    {
        ["part"] = task.Part,
        ["rows"] = task.Rows,
        ["confidence"] = 0.95,
        ["base"] = Of(comparison.Base),
        ["tuned"] = Of(comparison.Tuned),
        [$"{task.Metric}_difference"] = Of(comparison.Difference),
    };

    private static JsonObject Of(TaskMeasurement measurement)
    {
        var json = new JsonObject { ["seconds"] = Math.Round(measurement.Seconds, 3) };
        switch (measurement)
        {
            case LabelMeasurement labels:
                json["accuracy"] = Of(labels.Accuracy);
                json["macro_f1"] = Of(labels.MacroF1);
                json["predicted"] = JsonSerializer.SerializeToNode(labels.Predicted);
                break;
            case LossMeasurement loss:
                json["loss"] = Of(loss.Loss);
                json["perplexity"] = Of(loss.Perplexity);
                json["label_tokens"] = loss.LabelTokens;
                break;
        }

        return json;
    }

    private static JsonObject Of(Estimate estimate) => new()
    {
        ["value"] = Finite(estimate.Value), ["low"] = Finite(estimate.Low), ["high"] = Finite(estimate.High),
    };

    // JSON has no NaN or infinity: a diverged model's loss is written as a string.
    private static JsonNode Finite(double value) =>
        double.IsFinite(value) ? JsonValue.Create(value) : JsonValue.Create(value.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
