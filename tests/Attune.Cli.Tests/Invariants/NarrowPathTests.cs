using Attune.Runs.Metrics;

namespace Attune.Cli.Tests.Invariants;

/// <summary>
/// Processors with narrower vectors, or none that .NET knows, train the same: in fp32, losses of eight steps within 1e-5, the
/// tolerance of the goldens' README for sums in another order.
/// </summary>
public sealed class NarrowPathTests(TinyRuns runs) : IClassFixture<TinyRuns>
{
    private const string More = "learning_rate: 0.005\neval_steps: 4\ncompute_type: float32\nthreads: 1";

    [Theory]
    [InlineData("lora", TinyRuns.Lora, "DOTNET_EnableAVX512")]
    [InlineData("lora", TinyRuns.Lora, "DOTNET_EnableHWIntrinsic")]
    [InlineData("full", TinyRuns.Full, "DOTNET_EnableAVX512")]
    [InlineData("full", TinyRuns.Full, "DOTNET_EnableHWIntrinsic")]
    [InlineData("qlora", "method: qlora\nlora: {rank: 4}", "DOTNET_EnableAVX512")]
    [InlineData("qlora", "method: qlora\nlora: {rank: 4}", "DOTNET_EnableHWIntrinsic")]
    public void Training_gives_the_losses_of_the_widest_path(string name, string method, string withoutUnit)
    {
        var wide = Losses(runs.Finished(name, method, More, "epochs=4"));
        var narrowName = $"{name}-{withoutUnit[7..].ToLowerInvariant()}";
        runs.Recipe(narrowName, method, More);
        TinyRuns.Expect(0, AttuneProcess.Run(["train", $"{narrowName}.yaml", "--set", "epochs=4"], runs.Folder, environment: [(withoutUnit, "0")]));
        var narrow = runs.RunOf(narrowName);
        Assert.Equal("fused", narrow.TrainingPath);
        var losses = Losses(narrow);
        Assert.Equal(8, wide.Count);
        Assert.Equal(wide.Count, losses.Count);
        Assert.All(wide.Zip(losses), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    private static List<double> Losses(FinishedRun run) =>
        [.. from row in MetricsFile.Read(run.MetricsPath) where row.Values.ContainsKey(MetricNames.Loss) select row.Values[MetricNames.Loss]];
}
