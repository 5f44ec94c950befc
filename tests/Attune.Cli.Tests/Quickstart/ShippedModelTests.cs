using System.Text.Json.Nodes;
using Attune.Cli.Tests.Invariants;

namespace Attune.Cli.Tests.Quickstart;

/// <summary>The first command of the README, on the model that comes with Attune.</summary>
public sealed class ShippedModelTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("attune").FullName;

    [Fact]
    public void With_nothing_but_the_clone_a_model_learns()
    {
        if (!File.Exists(Path.Combine(Checkout.Root, "models/attune-nano/model.safetensors"))) Assert.Skip("models/attune-nano is not in this checkout yet.");
        TinyRuns.Expect(0, AttuneProcess.Run(["quickstart"], _folder, TimeSpan.FromMinutes(10))); // other tests run beside it
        var run = Assert.Single(Directory.GetDirectories(Path.Combine(_folder, "runs")));
        var evaluation = new FinishedRun(_folder, Path.GetRelativePath(_folder, run)).Evaluation;
        Assert.Equal(119, (int)evaluation["rows"]!);
        var gain = evaluation["accuracy_difference"]!;
        Assert.True((double)gain["low"]! > 0, $"the model has learned nothing: {((JsonObject)gain).ToJsonString()}");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
