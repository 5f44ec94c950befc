namespace Attune.Cli.Tests.Invariants;

/// <summary>
/// A training process needs no more after thousands of steps than after ten. Steady means: the high-water mark of resident
/// memory of a process that trains so many steps (VmHWM at the end of training, loading included) is at most 3 % above that
/// of a process that trains ten. No warm-up is taken off: 2 % is .NET's heap finding its size. What is in use, garbage left
/// aside, stays within 1 % (the tests of Attune.Training). Steps and checkpoints alone: the caches of generation fill with
/// every new length of a validation's sample (docs/performance.md, "Steady memory").
/// </summary>
public sealed class SteadyMemoryTests(TinyRuns runs) : IClassFixture<TinyRuns>
{
    private const double Tolerance = 0.03; // of some 207 MB: 20 KB a step over 300 steps, 3 KB over 2,000
    private const int Short = 10;

    [Theory]
    [InlineData(TinyRuns.Lora)]
    [InlineData(TinyRuns.Full)]
    public void Three_hundred_steps_need_no_more_memory_than_ten(string method) => AssertSteady(method, 300);

    [Theory]
    [InlineData(TinyRuns.Lora)]
    [InlineData(TinyRuns.Full)]
    public void Two_thousand_steps_need_no_more_memory_than_ten(string method)
    {
        Goldens.OnlyInFullRun("2,000 steps, half a minute each");
        AssertSteady(method, 2000);
    }

    /// <summary>The shape of SmolLM2-135M, on rows of its own recipe.</summary>
    [Fact]
    public void A_hundred_steps_of_SmolLM2_need_no_more_memory_than_ten()
    {
        Goldens.OnlyInFullRun("110 steps of the real model, some minutes");
        var (model, data) = (Goldens.Model("smollm2-135m-instruct"), Goldens.Data("banking77/train.csv"));
        AssertSteady(PeakOf(Short), PeakOf(100), 100);

        long PeakOf(int steps)
        {
            var name = $"smollm2-{steps}";
            TinyRuns.Expect(0, AttuneProcess.Run(
                ["train", Path.Combine(Checkout.Root, "recipes/smollm2-135m/lora.yaml"), "--model", model, "--data", data,
                    .. TinyRuns.Set([$"name={name}", $"output={runs.Folder}/runs", "data.test=null", "data.limit=80", .. Steps(steps)])],
                runs.Folder, TimeSpan.FromMinutes(30)));
            return PeakMemory(runs.RunOf(name));
        }
    }

    private void AssertSteady(string method, int steps) => AssertSteady(PeakOf(method, Short), PeakOf(method, steps), steps);

    private long PeakOf(string method, int steps) =>
        PeakMemory(runs.Finished($"steady-{(method == TinyRuns.Full ? "full" : "lora")}-{steps}", method, "learning_rate: 0.005", Steps(steps)));

    private static string[] Steps(int steps) => ["epochs=1000", $"max_steps={steps}", "data.split.validation=0", "save_steps=10"];

    private static long PeakMemory(FinishedRun run)
    {
        Assert.Equal("fused", run.TrainingPath);
        return (long)run.Plan["actual"]!["memory_bytes"]!;
    }

    private static void AssertSteady(long ten, long all, int steps) =>
        Assert.True(all <= (1 + Tolerance) * ten, FormattableString.Invariant($"{ten / 1e6:0.0} MB after {Short} steps, {all / 1e6:0.0} after {steps}"));
}
