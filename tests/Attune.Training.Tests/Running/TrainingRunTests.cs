using Attune.Models.Weights;
using Attune.Runs;
using Attune.Runs.Checkpoints;
using Attune.Runs.Metrics;
using Attune.Training.Loop;
using Attune.Training.Objectives;
using Attune.Training.Recipes;
using Attune.Training.Running;
using Attune.Training.Tests.Loop;
using Attune.Training.Tests.Recipes;
using Attune.Training.Tuned;
using TorchSharp;

namespace Attune.Training.Tests.Running;

public class TrainingRunTests
{
    [Theory]
    [InlineData("lora", "adapter_model.safetensors")]
    [InlineData("full", "model.safetensors")]
    public void The_tiny_recipes_learn_and_leave_a_whole_run_directory(string method, string weights)
    {
        using var scratch = new RunScratch();
        var recorder = new Recorder();
        using var run = scratch.Start(Tiny(scratch, method));
        var result = run.Train(recorder, () => false);

        Assert.Equal((StopReason.Finished, run.Prepared.TotalSteps), (result.Reason, result.Step));
        Assert.Equal(run.Prepared.TotalSteps, recorder.Steps.Count);
        Assert.True(recorder.Steps[^1].Loss < recorder.Steps[0].Loss / 2, $"from {recorder.Steps[0].Loss} to {recorder.Steps[^1].Loss}");
        Assert.All(recorder.Evaluations, evaluation => Assert.NotEqual("", evaluation.Sample!.Prompt));
        Assert.Equal(result.BestLoss, recorder.Evaluations.Min(evaluation => evaluation.Loss));

        var directory = run.Directory;
        foreach (var file in new[] { "recipe.yaml", "plan.json", "metrics.jsonl", "best.json", "last.json", "data/manifest.json", "data/train.jsonl", "data/validation.jsonl", "data/test.jsonl", "data/prompt_form.json" })
            Assert.True(File.Exists(Path.Combine(directory.Path, file)), file);
        var (best, last) = (CheckpointReader.BestOf(directory)!, CheckpointReader.LastOf(directory)!);
        Assert.Equal((result.BestStep, result.Step), (best.Step, last.Step));
        foreach (var file in new[] { weights, "optimizer.safetensors", "state.json", "checksums.json" })
            Assert.True(File.Exists(Path.Combine(best.Path, file)), file);
        Assert.Equal("finished", (string?)JsonFile.Read(directory.PlanPath)["ended"]);

        var rows = MetricsFile.Read(directory.MetricsPath);
        Assert.Equal(recorder.Steps.Select(step => step.Loss), rows.Select(row => row.Values[MetricNames.Loss]));
        Assert.Equal(recorder.Evaluations.Select(evaluation => evaluation.Loss), rows.Where(row => row.Values.ContainsKey(MetricNames.EvalLoss)).Select(row => row.Values[MetricNames.EvalLoss]));
    }

    /// <summary>With the rate and steps of fp32 state, at less than half its size (small tensors keep fp32).</summary>
    [Fact]
    public void Full_fine_tuning_learns_with_optimizer_state_in_8_bits()
    {
        using var scratch = new RunScratch();
        var recorder = new Recorder();
        using var plain = PreparedRun.Create(Tiny(scratch, "full"));
        using var run = scratch.Start(Changed(Tiny(scratch, "full"), "optimizer=adamw_8bit"));
        run.Train(recorder, () => false);
        Assert.True(recorder.Steps[^1].Loss < recorder.Steps[0].Loss / 2, $"from {recorder.Steps[0].Loss} to {recorder.Steps[^1].Loss}");

        using var saved = SafetensorsFile.Open(Path.Combine(CheckpointReader.LastOf(run.Directory)!.Path, "optimizer.safetensors"));
        Assert.Equal(["F32", "I64", "U8"], saved.Tensors.Values.Select(tensor => tensor.Type).Distinct().Order());
        var bytes = saved.Tensors.Values.Where(tensor => tensor.Type != "I64").Sum(tensor => tensor.Bytes);
        Assert.InRange(bytes, 2 * run.Prepared.Steps.TrainableParameters, 4 * run.Prepared.Steps.TrainableParameters);
        Assert.Equal(plain.Steps.Memory.Training - (8 * plain.Steps.TrainableParameters) + bytes, run.Prepared.Steps.Memory.Training);
    }

    /// <summary>With AdamW's rate and steps: momentum alone for the matrices of the layers, two moments for the rest.</summary>
    [Fact]
    public void Full_fine_tuning_learns_with_Muon()
    {
        using var scratch = new RunScratch();
        var recorder = new Recorder();
        using var plain = PreparedRun.Create(Tiny(scratch, "full"));
        using var run = scratch.Start(Changed(Tiny(scratch, "full"), "optimizer=muon"));
        run.Train(recorder, () => false);
        Assert.True(recorder.Steps[^1].Loss < recorder.Steps[0].Loss / 2, $"from {recorder.Steps[0].Loss} to {recorder.Steps[^1].Loss}");

        using var saved = SafetensorsFile.Open(Path.Combine(CheckpointReader.LastOf(run.Directory)!.Path, "optimizer.safetensors"));
        var moved = saved.Tensors.Keys.Where(name => name.EndsWith(".momentum_buffer", StringComparison.Ordinal)).ToArray();
        Assert.Equal(7 * run.Prepared.Model.Decoder.Config.Layers, moved.Length);
        Assert.All(moved, name => Assert.Contains("_proj.weight.", name, StringComparison.Ordinal));
        Assert.Contains("model.embed_tokens.weight.exp_avg", saved.Tensors.Keys);
        var bytes = saved.Tensors.Values.Where(tensor => tensor.Type != "I64").Sum(tensor => tensor.Bytes);
        Assert.Equal(plain.Steps.Memory.Training - (8 * plain.Steps.TrainableParameters) + bytes, run.Prepared.Steps.Memory.Training);
    }

    /// <summary>Equal but for how products of the adapter are rounded when loaded anew: 1e-6 of a loss near 1.</summary>
    [Theory]
    [InlineData("lora: {rank: 8}")]
    [InlineData("method: full")]
    public void The_model_of_a_run_is_that_of_its_best_validation(string method)
    {
        using var scratch = new RunScratch();
        using var run = scratch.Start(Changed(scratch.Recipe("best", method), "epochs=20", "learning_rate=2.0", "lr_scheduler=constant", "save_steps=1000", "compute_type=float32"));
        var result = run.Train(new Recorder(), () => false);
        Assert.True(result.BestStep < result.Step, "the recipe is to overshoot its best");
        using var tuned = TunedModel.Load(run.Directory, notice => Assert.Fail(notice));
        var loss = new SupervisedObjective(new PlainLosses(tuned.Decoder), [], run.Prepared.Validation, run.Prepared.Recipe.Value.MicroBatchTokens!.Value).Validate();
        Assert.Equal(result.BestLoss!.Value, loss!.Value, 1e-6);
    }

    /// <summary>The rows of a step and their dropout do not depend on the micro-batch; 1e-4 after 10 steps of AdamW, from the order of fp32 sums.</summary>
    [Fact]
    public void Eight_micro_batches_of_one_equal_one_of_eight()
    {
        using var scratch = new RunScratch();
        const string lora = "lora: {rank: 4, dropout: 0.1}";
        using var one = scratch.Start(scratch.Recipe("one", lora));
        using var eight = scratch.Start(Changed(scratch.Recipe("eight", lora), "batch_size=1", "gradient_accumulation_steps=8", "micro_batch_tokens=1"));
        var (first, second) = (new Recorder(), new Recorder());
        one.Train(first, () => false);
        eight.Train(second, () => false);
        Assert.Equal(10, second.Steps.Count);
        foreach (var (a, b) in first.Steps.Zip(second.Steps))
        {
            Assert.Equal((a.Tokens, a.LabelTokens, a.LearningRate), (b.Tokens, b.LabelTokens, b.LearningRate));
            Assert.Equal(a.Loss, b.Loss, 1e-4);
        }
    }

    [Fact]
    public void What_a_dry_run_shows_is_arithmetic_and_nothing_is_written()
    {
        using var scratch = new RunScratch();
        using var prepared = PreparedRun.Create(scratch.Recipe("dry", "lora: {rank: 4}"));
        var run = prepared.Arithmetic("nowhere");
        Assert.Equal((36, 8, 8, 2, 10), (run.Examples, run.ValidationExamples, run.EffectiveBatch, run.Epochs, run.TotalSteps));
        Assert.Equal(prepared.Model.Decoder.Parameters.Sum(parameter => parameter.Value.numel()) + run.TrainableParameters, run.AllParameters);
        Assert.InRange(run.EstimatedMemory, 100_000_000, 2_000_000_000);
        Assert.False(Directory.Exists(Path.Combine(scratch.Folder, "runs")));
    }

    [Fact]
    public void The_size_of_a_micro_batch_is_chosen_and_written_down_and_one_that_is_given_stays()
    {
        using var scratch = new RunScratch();
        using var chosen = scratch.Start(scratch.Recipe("chosen", "lora: {rank: 4}"));
        using var given = scratch.Start(scratch.Recipe("given", "lora: {rank: 4}\nmicro_batch_tokens: 20"));
        Assert.Contains("micro_batch_tokens: 2048  # auto", File.ReadAllLines(chosen.Directory.RecipePath));
        Assert.Contains(File.ReadAllLines(given.Directory.RecipePath), line => line.StartsWith("micro_batch_tokens: 20  # recipe.yaml:", StringComparison.Ordinal));
        Assert.True(given.Prepared.Steps.Memory.Activations < chosen.Prepared.Steps.Memory.Activations / 2, "8 rows of 6 tokens, or 3 of them at once");
    }

    /// <summary>Ten steps with five checkpoints and validations: none of them leaves a tensor behind.</summary>
    [Theory]
    [InlineData("lora: {rank: 4, modules_to_save: [embed_tokens]}")]
    [InlineData("lora: {rank: 4, modules_to_save: [embed_tokens]}\ntraining_path: plain")]
    [InlineData("method: qlora\nlora: {rank: 4, dropout: 0.1}")]
    [InlineData("method: full")]
    [InlineData("method: full\ntraining_path: plain")]
    [InlineData("method: full\noptimizer: adamw_8bit")]
    [InlineData("method: full\noptimizer: muon")]
    public void Steps_validations_and_checkpoints_dispose_of_their_tensors(string method)
    {
        using var scratch = new RunScratch();
        var live = new List<long>();
        using var run = scratch.Start(scratch.Recipe("tensors", method));
        run.Train(new Recorder { AfterStep = _ => live.Add(DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount) }, () => false);
        Assert.Equal(10, live.Count);
        Assert.All(live, count => Assert.Equal(live[0], count));
    }

    [Fact]
    public void A_run_of_one_warmup_step_is_refused()
    {
        using var scratch = new RunScratch();
        var error = Assert.Throws<AttuneException>(() => PreparedRun.Create(scratch.Recipe("short", "max_steps: 1\nlora: {rank: 4}")));
        Assert.Equal(ExitCode.Preflight, error.Code);
        Assert.Contains("warmup_steps", error.Hint);
    }

    [Fact]
    public void A_learning_rate_beyond_all_measure_fails_the_run_with_what_to_change()
    {
        using var scratch = new RunScratch();
        using var run = scratch.Start(Changed(scratch.Recipe("diverges", "method: full"), "learning_rate=1.0e+30"));
        var error = Assert.Throws<AttuneException>(() => run.Train(new Recorder(), () => false));
        Assert.Equal(ExitCode.Training, error.Code);
        var plan = JsonFile.Read(run.Directory.PlanPath);
        Assert.Equal(("failed", error.Message), ((string?)plan["ended"], (string?)plan["error"]));
    }

    [Fact]
    public void Two_processes_cannot_train_one_run()
    {
        using var scratch = new RunScratch();
        using var run = scratch.Start(scratch.Recipe("locked", "lora: {rank: 4}"));
        var error = Assert.Throws<AttuneException>(() => TrainingRun.Resume(run.Directory.Path, TimeProvider.System, _ => { }));
        Assert.Equal(ExitCode.Run, error.Code);
    }

    private static ResolvedRecipe<Recipe> Changed(ResolvedRecipe<Recipe> recipe, params string[] assignments) =>
        RecipeLoader.Parse(RecipeWriter.Write(recipe), "recipe.yaml", [.. assignments.Select(RecipeOverride.Set)]);

    private static ResolvedRecipe<Recipe> Tiny(RunScratch scratch, string method) => RecipeLoader.Load(
        Path.Combine(ProjectFiles.Root(), $"recipes/tiny/{method}.yaml"),
        [
            RecipeOverride.Option("--model", "model", Path.Combine(ProjectFiles.Root(), "recipes/tiny/model")),
            RecipeOverride.Option("--data", "data.train", Path.Combine(ProjectFiles.Root(), "samples/delivery-or-billing.jsonl")),
            RecipeOverride.Option("--output", "output", Path.Combine(scratch.Folder, "runs")),
            RecipeOverride.Set("threads=1"), // of no use to a model this small, and others test beside it
        ]);
}
