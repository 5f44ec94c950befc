using System.Text.Json.Nodes;

namespace Attune.Cli.Tests.Invariants;

public sealed class EarlyStoppingTests(TinyRuns runs) : IClassFixture<TinyRuns>
{
    [Fact]
    public void A_run_that_gets_worse_stops_early_and_is_asked_at_its_best_step()
    {
        // A learning rate that becomes far too high: the validation loss falls, then rises.
        var run = runs.Finished(
            "silly", TinyRuns.Lora, "lr_scheduler: constant\nwarmup_steps: 40\nlearning_rate: 4\neval_steps: 1\nearly_stopping_patience: 3\ncompute_type: float32\nthreads: 1", "epochs=100");
        var actual = run.Plan["actual"]!;
        var (best, last) = ((int)actual["best_step"]!, (int)actual["steps"]!);
        Assert.True((bool)actual["stopped_early"]!);
        Assert.Equal("finished", (string?)run.Plan["ended"]);
        Assert.InRange(best, 1, 196);
        Assert.Equal(best + 3, last); // patience

        var summary = JsonNode.Parse(TinyRuns.Expect(0, runs.Attune("run", "show", run.Path, "--json")).Output)!;
        Assert.Equal("finished", (string?)summary["state"]);
        Assert.Equal(best, (int)summary["best_step"]!);
        Assert.Contains($"step-{best:000000}", summary["checkpoints"]!.AsArray().Select(name => (string?)name));

        // Spoilt, the last checkpoint changes nothing; of the best one it is told that it was passed over.
        var asked = Ask(run);
        Spoil(run, last);
        var again = Ask(run);
        Assert.Equal(asked.Output, again.Output);
        Assert.DoesNotContain("note:", again.Error, StringComparison.Ordinal);
        Spoil(run, best);
        var noticed = runs.Attune("generate", run.Path, "--prompt", "x", "--max-new-tokens", "1");
        Assert.Contains($"step-{best:000000}", noticed.Error, StringComparison.Ordinal);
    }

    private AttuneProcess.Result Ask(FinishedRun run) =>
        TinyRuns.Expect(0, runs.Attune("generate", run.Path, "--prompt", "Where is my lamp 3?", "--max-new-tokens", "16"));

    private static void Spoil(FinishedRun run, int step) => File.AppendAllText(run.Full($"checkpoints/step-{step:000000}/adapter_model.safetensors"), "x");
}
