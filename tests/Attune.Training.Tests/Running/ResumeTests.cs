using System.Text.Json.Nodes;
using Attune.Runs;
using Attune.Runs.Checkpoints;
using Attune.Runs.Metrics;
using Attune.Training.Loop;
using Attune.Training.Running;
using Attune.Training.Tests.Loop;

namespace Attune.Training.Tests.Running;

/// <summary>A run that was stopped or killed and goes on makes the same files, bit for bit, as one that went straight through.</summary>
public class ResumeTests
{
    private const string Lora = "lora: {rank: 4, dropout: 0.1, modules_to_save: [embed_tokens]}\nmicro_batch_tokens: 30";
    private const string Full = "method: full\nweight_decay: 0.1";

    [Theory]
    [InlineData(Lora)]
    [InlineData(Full)]
    [InlineData(Full + "\noptimizer: adamw_8bit")]
    [InlineData(Full + "\noptimizer: muon\nlr_scheduler: warmup_stable_decay")]
    [InlineData(Lora + "\nearly_stopping_patience: 2\nearly_stopping_threshold: 10")]
    public void Killed_and_resumed_runs_equal_the_straight_run(string method)
    {
        using var scratch = new RunScratch();
        var straight = Straight(scratch, method);
        foreach (var step in new[] { 1, 4, 7 })
        {
            if (step > straight.Result.Step) continue;
            string folder;
            using (var run = scratch.Start(scratch.Recipe($"killed-{step}", method)))
            {
                folder = run.Directory.Path;
                Assert.Throws<KilledException>(() => run.Train(new KillAfter(step), () => false));
            }

            // What a kill in the middle of the next checkpoint leaves behind.
            var half = Path.Combine(folder, "checkpoints", $".{Checkpoint.NameOf(step)}.tmp");
            Directory.CreateDirectory(half);
            File.WriteAllText(Path.Combine(half, "optimizer.safetensors"), "half");

            using var resumed = TrainingRun.Resume(folder, TimeProvider.System, notice => Assert.Fail(notice));
            var recorder = new Recorder();
            var result = resumed.Train(recorder, () => false);
            Assert.Equal((step - 1) / 2 * 2 + 1, recorder.Steps[0].Step); // checkpoints are at every second step
            Equal(straight, (folder, result));
            Assert.False(Directory.Exists(half));
        }
    }

    [Theory]
    [InlineData(Lora)]
    [InlineData(Full)]
    public void An_interrupted_run_finishes_its_step_saves_and_goes_on(string method)
    {
        using var scratch = new RunScratch();
        var straight = Straight(scratch, method);
        string folder;
        using (var run = scratch.Start(scratch.Recipe("interrupted", method)))
        {
            folder = run.Directory.Path;
            var steps = 0;
            var interrupted = run.Train(new Recorder { AfterStep = _ => steps++ }, () => steps == 3);
            Assert.Equal((StopReason.Interrupted, 3), (interrupted.Reason, interrupted.Step));
        }

        Assert.Equal("interrupted", (string?)JsonFile.Read(RunDirectory.Open(folder).PlanPath)["ended"]);
        Assert.Equal(3, CheckpointReader.LastOf(RunDirectory.Open(folder))!.Step);
        using var resumed = TrainingRun.Resume(folder, TimeProvider.System, notice => Assert.Fail(notice));
        var recorder = new Recorder();
        var result = resumed.Train(recorder, () => false);
        Assert.Equal(4, recorder.Steps[0].Step);
        Equal(straight, (folder, result), lastCheckpoints: false); // that of step 3 is one more
    }

    [Fact]
    public void A_finished_run_has_nothing_left_to_do()
    {
        using var scratch = new RunScratch();
        var straight = Straight(scratch, Lora);
        using var resumed = TrainingRun.Resume(straight.Folder, TimeProvider.System, notice => Assert.Fail(notice));
        var recorder = new Recorder();
        var result = resumed.Train(recorder, () => false);
        Assert.Equal((StopReason.Finished, 10, 0L), (result.Reason, result.Step, result.Tokens));
        Assert.Empty(recorder.Steps);
    }

    [Fact]
    public void Rows_that_changed_stop_a_resume()
    {
        using var scratch = new RunScratch();
        var straight = Straight(scratch, Lora);
        var file = Path.Combine(scratch.Folder, "rows.jsonl");
        File.WriteAllText(file, File.ReadAllText(file).Replace("3 plus", "4 plus"));
        using var resumed = TrainingRun.Resume(straight.Folder, TimeProvider.System, notice => Assert.Fail(notice));
        var error = Assert.Throws<AttuneException>(() => resumed.Train(new Recorder(), () => false));
        Assert.Equal(ExitCode.Run, error.Code);
        Assert.Contains("examples_hash", error.Message);
    }

    [Fact]
    public void A_damaged_checkpoint_is_told_and_an_older_one_taken()
    {
        using var scratch = new RunScratch();
        var straight = Straight(scratch, Lora);
        File.WriteAllText(Path.Combine(straight.Folder, "checkpoints/step-000010/optimizer.safetensors"), "damaged");
        var notices = new List<string>();
        using var resumed = TrainingRun.Resume(straight.Folder, TimeProvider.System, notices.Add);
        var recorder = new Recorder();
        Equal(straight, (straight.Folder, resumed.Train(recorder, () => false)));
        Assert.Contains("step-000010 is passed over", Assert.Single(notices));
        Assert.Equal(9, recorder.Steps[0].Step);
    }

    private static (string Folder, TrainingResult Result) Straight(RunScratch scratch, string method)
    {
        using var run = scratch.Start(scratch.Recipe("straight", method));
        return (run.Directory.Path, run.Train(new Recorder(), () => false));
    }

    private static void Equal((string Folder, TrainingResult Result) straight, (string Folder, TrainingResult Result) resumed, bool lastCheckpoints = true)
    {
        Assert.Equal(
            (straight.Result.Reason, straight.Result.Step, straight.Result.BestStep, straight.Result.BestLoss),
            (resumed.Result.Reason, resumed.Result.Step, resumed.Result.BestStep, resumed.Result.BestLoss));

        var (one, other) = (RunDirectory.Open(straight.Folder), RunDirectory.Open(resumed.Folder));
        if (lastCheckpoints) Assert.Equal(CheckpointReader.All(one).Select(c => c.Name), CheckpointReader.All(other).Select(c => c.Name));
        SameCheckpoint(CheckpointReader.LastOf(one)!, CheckpointReader.LastOf(other)!);
        SameCheckpoint(CheckpointReader.BestOf(one)!, CheckpointReader.BestOf(other)!);

        var (rows, others) = (MetricsFile.Read(one.MetricsPath), MetricsFile.Read(other.MetricsPath).Where(row => row.Step > 0)); // 0: resumed at the start
        Assert.Equal(straight.Result.Step, rows.Count(row => row.Values.ContainsKey(MetricNames.Loss)));
        foreach (var name in new[] { MetricNames.Loss, MetricNames.EvalLoss, MetricNames.GradNorm, MetricNames.LearningRate, MetricNames.Epoch, MetricNames.NumInputTokensSeen, MetricNames.TrainLoss })
            Assert.Equal(rows.Select(Value(name)), others.Select(Value(name)));

        static Func<MetricsRow, double?> Value(string name) => row => row.Values.TryGetValue(name, out var value) ? value : null;
    }

    private static void SameCheckpoint(Checkpoint one, Checkpoint other)
    {
        Assert.Equal(one.Name, other.Name);
        var files = Directory.GetFiles(one.Path).Select(Path.GetFileName).Order().ToArray();
        Assert.Equal(files, Directory.GetFiles(other.Path).Select(Path.GetFileName).Order());
        Assert.True(files.Length >= 4);
        foreach (var file in files)
            Assert.True(File.ReadAllBytes(Path.Combine(one.Path, file!)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(other.Path, file!))), $"{one.Name}/{file} differs");
    }
}
