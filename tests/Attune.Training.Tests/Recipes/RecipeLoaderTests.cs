using Attune.Data;
using Attune.Models.Numerics;
using Attune.Training.Recipes;

namespace Attune.Training.Tests.Recipes;

public class RecipeLoaderTests
{
    [Fact]
    public void Every_kind_of_value_is_read()
    {
        var recipe = RecipeText.Parse("""
            name: support
            model: models/some model
            method: lora
            train_on: all
            lora:
              rank: 8
              alpha: 16
              dropout: .05
              target_modules: [q_proj, v_proj]
              use_rslora: true
            data:
              train: rows.csv
              format: sharegpt
              header: false
              columns: {text: 1, label: "0"}
              labels: {most_frequent: 10}
              split: {validation: 0.1, test: 400}
              prompt: "Which?\n{text}"
              bad_rows: skip
            learning_rate: 2e-4
            optimizer: adamw
            lr_scheduler: constant
            warmup_steps: 5
            max_steps: null
            compute_type: bfloat16
            allow: long_rows
            """).Value;

        Assert.Equal(("support", "models/some model", Method.Lora, TrainOn.All), (recipe.Name, recipe.Model, recipe.Method, recipe.TrainOn));
        Assert.Equal((8, 16.0, 0.05, true), (recipe.Lora.Rank, recipe.Lora.Alpha, recipe.Lora.Dropout, recipe.Lora.UseRslora));
        Assert.Equal(["q_proj", "v_proj"], recipe.Lora.TargetModules);
        Assert.Equal(("rows.csv", RowFormat.ShareGpt, false), (recipe.Data.Train, recipe.Data.Format, recipe.Data.Header));
        Assert.Equal("1", recipe.Data.Columns["text"]);
        Assert.Equal(10, recipe.Data.Labels.MostFrequent);
        Assert.Equal((0.1, 400.0), (recipe.Data.Split.Validation, recipe.Data.Split.Test));
        Assert.Equal(("Which?\n{text}", BadRows.Skip), (recipe.Data.Prompt, recipe.Data.BadRows));
        Assert.Equal((2e-4, OptimizerKind.AdamW, LearningRateSchedule.Constant), (recipe.LearningRate, recipe.Optimizer, recipe.LrScheduler));
        Assert.Equal((5, null, ComputeType.Bfloat16), (recipe.WarmupSteps, recipe.MaxSteps, recipe.ComputeType));
        Assert.Equal(["long_rows"], recipe.Allow);
    }

    [Fact]
    public void What_is_not_given_takes_the_default_of_the_record()
    {
        var recipe = RecipeText.Parse(RecipeText.Needed);
        var expected = new Recipe { Model = "m", Data = new DataOptions { Train = "rows.jsonl" } };
        Assert.Equal(RecipeText.Flat(expected), RecipeText.Flat(recipe.Value));
        Assert.Equal("r.yaml:1", recipe.OriginOf("model"));
        Assert.Equal("default", recipe.OriginOf("learning_rate"));
    }

    [Fact]
    public void Labels_are_a_list_or_the_most_frequent()
    {
        Assert.Equal(["no", "yes", "1"], RecipeText.Parse("model: m\ndata: {train: t, labels: [no, yes, 1]}").Value.Data.Labels.Names);
        Assert.Equal(3, RecipeText.Parse("model: m\ndata: {train: t, labels: {most_frequent: 3}}").Value.Data.Labels.MostFrequent);
    }

    [Fact]
    public void Qlora_is_lora_on_a_base_in_nf4()
    {
        var recipe = RecipeText.Parse(RecipeText.Needed + "method: qlora\nstorage_type: bfloat16");
        Assert.Equal((Method.Lora, Quantization.Nf4, StorageType.Bfloat16), (recipe.Value.Method, recipe.Value.Quantization, recipe.Value.StorageType));
        Assert.Equal(("nf4", "recipe.yaml:3"), (Of("quantization").Value, Of("quantization").Origin.Replace("r.yaml", "recipe.yaml", StringComparison.Ordinal)));

        ResolvedValue Of(string key) => recipe.Values.Single(value => value.Key == key);
    }

    [Fact]
    public void Training_files_are_one_file_or_one_a_label()
    {
        Assert.Equal("t.csv", RecipeText.Parse("model: m\ndata: {train: t.csv}").Value.Data.Train);

        var byLabel = RecipeText.Parse("model: m\ndata: {train: {spam: a.txt, ham: b.txt}}").Value.Data;
        Assert.Null(byLabel.Train);
        Assert.Equal(("a.txt", "b.txt"), (byLabel.LabelFiles["spam"], byLabel.LabelFiles["ham"]));

        var byName = RecipeText.Parse("model: m\ndata: {train: [d/spam.txt, d/ham.txt]}").Value.Data.LabelFiles;
        Assert.Equal(("d/spam.txt", "d/ham.txt"), (byName["spam"], byName["ham"]));
    }

    [Fact]
    public void Set_wins_over_the_file_and_a_later_one_over_an_earlier()
    {
        var recipe = RecipeText.Parse(RecipeText.Needed + "epochs: 2\nlora:\n  rank: 4\n  alpha: 8\n", "epochs=5", "lora.rank=32", "lora.rank=64", "lora.target_modules=[q_proj, o_proj]");
        Assert.Equal((5, 64, 8.0), (recipe.Value.Epochs, recipe.Value.Lora.Rank, recipe.Value.Lora.Alpha));
        Assert.Equal(["q_proj", "o_proj"], recipe.Value.Lora.TargetModules);
        Assert.Equal(("--set", "r.yaml:6"), (recipe.OriginOf("lora.rank"), recipe.OriginOf("lora.alpha")));
    }

    [Fact]
    public void Options_give_what_the_file_leaves_out_and_take_paths_as_they_are()
    {
        var recipe = RecipeLoader.Parse("epochs: 1", "r.yaml",
            [RecipeOverride.Option("--model", "model", "{odd: path"), RecipeOverride.Option("--data", "data.train", "123"), RecipeOverride.Option("--threads", "threads", "2")]);
        Assert.Equal(("{odd: path", "123", 2), (recipe.Value.Model, recipe.Value.Data.Train, recipe.Value.Threads));
        Assert.Equal(("--model", "--data"), (recipe.OriginOf("model"), recipe.OriginOf("data.train")));
    }

    [Fact]
    public void An_override_drops_what_contradicts_it_in_the_file()
    {
        Assert.Equal(7, RecipeText.Parse(RecipeText.Needed + "warmup_ratio: 0.2", "warmup_steps=7").Value.WarmupSteps);
        Assert.Null(RecipeText.Parse(RecipeText.Needed + "warmup_steps: 7", "warmup_ratio=0.2").Value.WarmupSteps);
        Assert.Equal(Method.Full, RecipeText.Parse(RecipeText.Needed + "lora: {rank: 8}", "method=full").Value.Method);
        Assert.Equal(["a"], RecipeText.Parse("model: m\ndata: {train: t, labels: {most_frequent: 3}}", "data.labels=[a]").Value.Data.Labels.Names);
    }

    [Fact]
    public void A_section_may_be_left_empty() => Assert.Equal(16, RecipeText.Parse(RecipeText.Needed + "lora:\n  # rank: 8\n").Value.Lora.Rank);

    [Fact]
    public void Every_recipe_of_the_project_loads()
    {
        var root = ProjectFiles.Root();
        string[] recipes = [.. new[] { "recipes", "samples" }.SelectMany(folder => Directory.GetFiles(Path.Combine(root, folder), "*.yaml", SearchOption.AllDirectories))];
        Assert.Equal(["recipes", "samples"], recipes.Select(path => Path.GetRelativePath(root, path).Split('/', '\\')[0]).Distinct());
        Assert.All(recipes, path =>
        {
            var isPretraining = Path.GetFileName(path) == "pretrain.yaml";
            if (isPretraining) RecipeLoader.Load(RecipeKind.Pretraining, path);
            else RecipeLoader.Load(path);
            var depth = Path.GetRelativePath(root, path).Split('/', '\\').Length - 1;
            var schema = $"$schema={string.Concat(Enumerable.Repeat("../", depth))}docs/{(isPretraining ? "pretrain-recipe" : "recipe")}.schema.json";
            Assert.Contains(schema, File.ReadLines(path).First());
        });
    }
}
