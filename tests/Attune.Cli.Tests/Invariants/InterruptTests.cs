using Attune.Cli.Tests.Mistakes;

namespace Attune.Cli.Tests.Invariants;

public sealed class InterruptTests(TinyRuns runs) : IClassFixture<TinyRuns>
{
    [Fact]
    public void Interrupted_twice_it_stops_at_once()
    {
        runs.Write("data.jsonl", Workshop.Rows(2000)); // one step over all rows takes many seconds
        runs.Recipe("twice", TinyRuns.Full, "gradient_accumulation_steps: 250\nwarmup_steps: 0");
        using var process = new RunningAttune(["train", "twice.yaml"], runs.Folder);
        process.WaitFor("  run  ");
        process.Interrupt();
        Thread.Sleep(TimeSpan.FromMilliseconds(300)); // two signals that wait to be taken are one
        process.Interrupt();
        var result = TinyRuns.Expect(130, process.Wait());
        Assert.Contains("once more stops at once", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("step 1/", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(runs.RunOf("twice").Full("checkpoints")));
    }
}
