using System.Globalization;
using Attune.Models.Weights;
using Attune.Runs.Metrics;
using TorchSharp;

namespace Attune.Cli.Tests.Invariants;

public sealed class AccumulationTests(TinyRuns runs) : IClassFixture<TinyRuns>
{
    private const string More = "learning_rate: 0.005\neval_steps: 4\ncompute_type: float32\nthreads: 1";

    // The golden README's tolerances, with their reasons: sums of rounded numbers taken in another order move a loss by
    // less than 1e-5, and AdamW turns rounding in gradients near zero into steps of up to the learning rate.
    private const double OfLosses = 1e-5, OfWeights = 2e-4;

    [Theory]
    [InlineData("plain", "method: lora\nlora: {rank: 4, modules_to_save: [embed_tokens]}\ntraining_path: plain")]
    [InlineData("fused", TinyRuns.Lora)]
    public void Eight_micro_batches_of_one_row_equal_one_of_eight(string path, string method)
    {
        var one = runs.Finished($"one-{path}", method, More, "epochs=4");
        var eight = runs.Finished($"eight-{path}", method, More, "epochs=4", "batch_size=1", "gradient_accumulation_steps=8", "micro_batch_tokens=1");
        Assert.Equal((path, path), (one.TrainingPath, eight.TrainingPath));

        var (expected, actual) = (Losses(one), Losses(eight));
        Assert.Equal(8 + 2, expected.Count); // eight steps, two validations
        Assert.Equal(expected.Count, actual.Count);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, OfLosses));

        using var first = SafetensorsFile.Open(one.Full("checkpoints/step-000008/adapter_model.safetensors"));
        using var second = SafetensorsFile.Open(eight.Full("checkpoints/step-000008/adapter_model.safetensors"));
        Assert.Equal(29, first.Tensors.Count); // A and B of seven linears in two layers, and the embedding
        foreach (var name in first.Tensors.Keys)
        {
            using var scope = torch.NewDisposeScope();
            var difference = (first.Load(name) - second.Load(name)).abs().max().ToDouble();
            Assert.True(difference <= OfWeights, $"{name}: {difference.ToString(CultureInfo.InvariantCulture)}");
        }
    }

    private static List<double> Losses(FinishedRun run) =>
    [
        .. from row in MetricsFile.Read(run.MetricsPath)
           from name in new[] { MetricNames.Loss, MetricNames.EvalLoss }
           where row.Values.ContainsKey(name)
           select row.Values[name],
    ];
}
