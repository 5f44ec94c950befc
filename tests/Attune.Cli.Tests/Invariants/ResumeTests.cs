using Attune.Runs.Metrics;

namespace Attune.Cli.Tests.Invariants;

/// <summary>However a run is stopped, going on ends in the bits of the run that was never stopped.</summary>
public abstract class ResumeTests(TinyRuns runs, string method, params string[] settings)
{
    private const int Steps = 40;

    protected TinyRuns Runs => runs;

    internal FinishedRun Straight => runs.Finished("straight", method, TinyRuns.Long, ["epochs=20", .. settings]);

    [Fact]
    public void Killed_after_a_checkpoint_it_ends_in_the_same_bits()
    {
        var killed = Kill("killed", TinyRuns.Long, atStep: 11);
        Assert.NotEmpty(Directory.GetDirectories(killed.Full("checkpoints")));
        Resume(killed, from: "step-");
        Assert.Equal(Straight.Course(), killed.Course());
    }

    /// <summary>Kills a run at a step; the settings of <see cref="Straight"/> with what <c>auto</c> chose there.</summary>
    internal FinishedRun Kill(string name, string more, int atStep)
    {
        runs.Recipe(name, method, more);
        using var process = Start(name);
        process.WaitFor($"step {atStep}/{Steps}");
        process.Kill();
        Assert.Equal(128 + 9, process.Wait().ExitCode);
        var killed = runs.RunOf(name);
        Assert.False(File.Exists(killed.Full("evaluation/metrics.json")), "the run was over before it was killed");
        return killed;
    }

    internal RunningAttune Start(string name) => new(
        ["train", $"{name}.yaml", .. TinyRuns.Set(["epochs=20", .. settings, $"compute_type={Straight.Value("compute_type")}", $"threads={Straight.Value("threads")}"])],
        runs.Folder);

    internal void Resume(FinishedRun stopped, string from)
    {
        var straight = Straight;
        TinyRuns.Expect(0, runs.Attune("train", "--resume", stopped.Path));
        Assert.Contains(File.ReadLines(stopped.MetricsPath), line => line.Contains($"\"{MetricNames.ResumedFrom}\":\"{from}", StringComparison.Ordinal));
        SameTraining(straight, stopped);
        Assert.Equal(straight.Evaluation["tuned"]!["predicted"]!.ToJsonString(), stopped.Evaluation["tuned"]!["predicted"]!.ToJsonString());
    }

    internal static void SameTraining(FinishedRun expected, FinishedRun actual)
    {
        var (weights, others) = (expected.Weights(Steps), actual.Weights(Steps));
        Assert.Equal(2, weights.Count); // weights and optimizer
        Assert.Equal(weights.Keys.Order(), others.Keys.Order());
        Assert.All(weights, file => Assert.True(file.Value.AsSpan().SequenceEqual(others[file.Key]), $"{file.Key} differs"));
        Assert.Equal(4 * Steps, OfSteps(expected).Count); // loss, rate, gradient norm and tokens of each step
        Assert.Equal(OfSteps(expected), OfSteps(actual));
    }

    private static List<string> OfSteps(FinishedRun run) => [.. run.Course().Where(line => !line.Contains(MetricNames.EvalLoss, StringComparison.Ordinal))];
}

/// <summary>LoRA with dropout on the plain path.</summary>
public sealed class PlainResumeTests(TinyRuns runs) : ResumeTests(runs, TinyRuns.PlainLora), IClassFixture<TinyRuns>
{
    [Fact]
    public void It_is_the_plain_path_that_is_resumed() => Assert.Equal("plain", Straight.TrainingPath);
}

/// <summary>QLoRA with 8-bit AdamW.</summary>
public sealed class QloraResumeTests(TinyRuns runs) : ResumeTests(runs, "method: qlora\nlora: {rank: 4}\noptimizer: adamw_8bit"), IClassFixture<TinyRuns>;

/// <summary>LoRA with dropout, with the settings a user gets: the path, compute type and threads of this machine.</summary>
public sealed class LoraResumeTests(TinyRuns runs) : ResumeTests(runs, TinyRuns.Lora), IClassFixture<TinyRuns>
{
    [Fact]
    public void It_is_the_fused_path_that_is_resumed() => Assert.Equal("fused", Straight.TrainingPath);

    [Fact]
    public void Killed_before_the_first_checkpoint_it_ends_in_the_same_bits()
    {
        var killed = Kill("early", "learning_rate: 0.005\neval_steps: 1000\nsave_steps: 1000", atStep: 5);
        Assert.Empty(Directory.GetDirectories(killed.Full("checkpoints")));
        Resume(killed, from: "start");
    }

    [Fact]
    public void Interrupted_once_it_finishes_its_step_saves_and_ends_in_the_same_bits()
    {
        Runs.Recipe("interrupted", TinyRuns.Lora, TinyRuns.Long);
        using var process = Start("interrupted");
        process.WaitFor("step 6/40");
        process.Interrupt();
        var result = TinyRuns.Expect(130, process.Wait());
        var run = Runs.RunOf("interrupted");
        var last = result.Output.Split('\n').Last(line => line.StartsWith("step ", StringComparison.Ordinal)).Split(' ', '/')[1].PadLeft(6, '0');
        Assert.True(Directory.Exists(run.Full($"checkpoints/step-{last}")), $"no checkpoint of step {last}, the last one done");
        Assert.Contains($"./attune train --resume {run.Path}", result.Output, StringComparison.Ordinal);
        Assert.Contains("stopping after this step", result.Error, StringComparison.Ordinal);
        Assert.Equal("interrupted", (string?)run.Plan["ended"]);
        Resume(run, from: $"step-{last}");
        Assert.Equal(Straight.Course(), run.Course());
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_and_another_seed_others()
    {
        Runs.Recipe("again", TinyRuns.Lora, TinyRuns.Long);
        using (var process = Start("again")) TinyRuns.Expect(0, process.Wait());
        SameTraining(Straight, Runs.RunOf("again"));
        var other = Runs.Finished("other", TinyRuns.Lora, TinyRuns.Long, "seed=43", "epochs=20");
        Assert.NotEqual(Straight.Weights(40)["adapter_model.safetensors"], other.Weights(40)["adapter_model.safetensors"]);
    }
}

/// <summary>Every weight trained, in fp32 on one thread.</summary>
public sealed class FullResumeTests(TinyRuns runs) : ResumeTests(runs, TinyRuns.Full, "compute_type=float32", "threads=1"), IClassFixture<TinyRuns>;
