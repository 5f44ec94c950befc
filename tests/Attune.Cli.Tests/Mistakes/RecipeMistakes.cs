namespace Attune.Cli.Tests.Mistakes;

public sealed class RecipeMistakes : IDisposable
{
    private readonly Workshop _workshop = new();

    [Theory]
    [InlineData("learning_rat: 1e-3", "recipe.yaml:12:1", "learning_rat", "learning_rate")]
    [InlineData("learning_rate: fast", "recipe.yaml:12:16", "learning_rate", "fast")]
    [InlineData("learning_rate: -1", "recipe.yaml:12:16", "learning_rate", "-1")]
    [InlineData("batch_size: 8", "recipe.yaml:12:1", "batch_size", "twice")]
    [InlineData("warmup_steps: 2\nwarmup_ratio: 0.1", "warmup_steps", "warmup_ratio")]
    [InlineData("gradient_accumulation_steps: 0", "recipe.yaml:12:30", "gradient_accumulation_steps")]
    [InlineData("train_on: assistent", "recipe.yaml:12:11", "assistant")]
    [InlineData("allow: [dubble_bos]", "dubble_bos", "double_bos")]
    [InlineData("learning_rate: [1", "recipe.yaml:")]
    public void A_wrong_line_is_named(string line, params string[] words) =>
        Expect.Mistake(_workshop.Write("recipe.yaml", Workshop.Recipe(line)).Train(), ExitCode.Recipe, words);

    [Theory]
    [InlineData("method: lora\nlora: {rank: 0}", "lora.rank", "0")]
    [InlineData("method: lora\nlora: {dropout: 1}", "lora.dropout")]
    [InlineData("method: full\nlora: {rank: 4}", "lora", "full")]
    [InlineData("method: lora\nlora: {rnk: 4}", "lora.rnk", "rank")]
    public void A_wrong_method_is_named(string method, params string[] words) =>
        Expect.Mistake(_workshop.Write("recipe.yaml", Workshop.Recipe(method: method)).Train(), ExitCode.Recipe, words);

    [Fact]
    public void A_recipe_that_is_not_there() => Expect.Mistake(_workshop.Run("train", "recpe.yaml"), ExitCode.Recipe, "recpe.yaml");

    [Fact]
    public void A_recipe_that_is_a_folder() => Expect.Mistake(_workshop.Run("train", "model"), ExitCode.Recipe, "model", "folder");

    [Fact]
    public void An_empty_recipe() => Expect.Mistake(_workshop.Write("recipe.yaml", "").Train(), ExitCode.Recipe, "recipe.yaml is empty");

    [Fact]
    public void A_recipe_without_data() =>
        Expect.Mistake(_workshop.Write("recipe.yaml", "name: x\nmodel: model\n").Train(), ExitCode.Recipe, "data.train");

    [Fact]
    public void A_recipe_without_model() =>
        Expect.Mistake(_workshop.Write("recipe.yaml", "name: x\ndata: {train: data.jsonl}\n").Train(), ExitCode.Recipe, "model");

    [Fact]
    public void A_prompt_without_a_place_for_the_text() =>
        Expect.Mistake(_workshop.Train("--set", "data.prompt=Which?"), ExitCode.Recipe, "data.prompt", "{text}");

    [Fact]
    public void A_label_task_without_a_prompt() =>
        Expect.Mistake(_workshop.Write("recipe.yaml", "model: model\ndata: {train: data.jsonl}\n").Train(), ExitCode.Recipe, "data.prompt");

    [Fact]
    public void An_override_of_an_unknown_key() =>
        Expect.Mistake(_workshop.Train("--set", "lora.rnk=2"), ExitCode.Recipe, "--set", "lora.rnk", "lora.rank");

    [Fact]
    public void An_override_without_a_value() => Expect.Mistake(_workshop.Train("--set", "epochs"), ExitCode.Usage, "--set epochs", "key=value");

    public void Dispose() => _workshop.Dispose();
}
