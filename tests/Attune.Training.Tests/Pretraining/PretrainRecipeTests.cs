using Attune.Training.Recipes;
using Attune.Training.Recipes.Pretraining;
using Attune.Training.Tests.Recipes;

namespace Attune.Training.Tests.Pretraining;

public class PretrainRecipeTests
{
    private const string Needed = "data: {train: a.txt}\n";

    [Theory]
    [InlineData("layers: 3", "r.yaml:2:1: there is no key 'layers'; did you mean 'architecture.layers'?")]
    [InlineData("num_hidden_layers: 3", "r.yaml:2:1: there is no key 'num_hidden_layers'; did you mean 'architecture.layers'?")]
    [InlineData("model: m", "r.yaml:2:1: there is no key 'model'")]
    [InlineData("lora: {rank: 3}", "r.yaml:2:1: there is no key 'lora'")]
    [InlineData("architecture: {layers: 0}", "r.yaml:2:24: architecture.layers is 0; expected a whole number from 1 to 1024.")]
    [InlineData("architecture: {heads: 6, key_value_heads: 4}", "r.yaml:2:43: architecture.heads is 6 and architecture.key_value_heads 4: the query heads do not divide among them.")]
    [InlineData("architecture: {hidden_size: 100, heads: 3}", "r.yaml:2:41: architecture.hidden_size 100 ÷ architecture.heads 3 is no even number, which the size of a head must be.")]
    [InlineData("architecture: {head_size: 5}", "r.yaml:2:27: architecture.head_size is 5; rotary positions need an even number.")]
    [InlineData("architecture: {initializer_range: 0}", "r.yaml:2:35: architecture.initializer_range is 0; expected a number from 0 to 10.")]
    [InlineData("max_sequence_length: 2048", "r.yaml:2:22: max_sequence_length is 2048, more than architecture.context, 1024.")]
    [InlineData("architecture: {context: 512}", "r.yaml:2:25: max_sequence_length is 1024, more than architecture.context, 512.")]
    [InlineData("tokenizer: {vocabulary_size: 256}", "r.yaml:2:30: tokenizer.vocabulary_size is 256; expected a whole number from 257 to 10000000.")]
    [InlineData("tokenizer: {special_tokens: [a, b], vocabulary_size: 257, eos_token: a}", "r.yaml:2:54: tokenizer.vocabulary_size is 257, fewer than the 256 bytes and 2 special tokens.")]
    [InlineData("tokenizer: {eos_token: </s>}", "r.yaml:2:24: tokenizer.eos_token is </s>, which is not among tokenizer.special_tokens.")]
    [InlineData("tokenizer: {chat_template: c.jinja, end_of_turn_token: </s>}", "r.yaml:2:56: tokenizer.end_of_turn_token is </s>, which is not among tokenizer.special_tokens.")]
    [InlineData("tokenizer: {path: t.json, vocabulary_size: 8000}", "r.yaml:2:44: tokenizer.vocabulary_size is given beside tokenizer.path of line 2.")]
    [InlineData("total_tokens: 1e9\nepochs: 2", "r.yaml:3:9: epochs is given beside total_tokens of line 2.")]
    [InlineData("total_tokens: 0", "r.yaml:2:15: total_tokens is 0; expected a number from 1 to 1000000000000000.")]
    [InlineData("lr_scheduler: cosine\ndecay_ratio: 0.1", "r.yaml:3:14: decay_ratio has no effect without lr_scheduler: warmup_stable_decay.")]
    [InlineData("early_stopping_patience: 3", "r.yaml:2:1: there is no key 'early_stopping_patience'")]
    public void A_mistake_is_told_with_its_place(string text, string message)
    {
        var error = Assert.Throws<AttuneException>(() => Parse(Needed + text));
        Assert.Equal(ExitCode.Recipe, error.Code);
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        if (error.Message.Contains("no key", StringComparison.Ordinal)) Assert.Equal("docs/pretrain-recipe.md lists every key.", error.Hint);
    }

    [Fact]
    public void Documents_are_needed() =>
        Assert.Contains("r.yaml: the key data.train is missing", Assert.Throws<AttuneException>(() => Parse("name: x")).Message, StringComparison.Ordinal);

    [Fact]
    public void Values_come_with_their_origins_and_a_written_recipe_loads_to_equal_ones()
    {
        var recipe = Parse("data:\n  train: [a.txt, b/*.md]\ntotal_tokens: 1e9\ntokenizer: {vocabulary_size: 500}\n", "architecture.layers=3");
        Assert.Equal(("r.yaml:2", "r.yaml:3", "--set", "default"), (recipe.OriginOf("data.train"), recipe.OriginOf("total_tokens"), recipe.OriginOf("architecture.layers"), recipe.OriginOf("learning_rate")));
        Assert.DoesNotContain(recipe.Values, value => value.Key == "epochs");
        Assert.Equal((1e9, 3, 0.95), (recipe.Value.TotalTokens, recipe.Value.Architecture.Layers, recipe.Value.AdamBeta2));

        var again = Parse(RecipeWriter.Write(recipe));
        Assert.Equal(Flat(recipe.Value), Flat(again.Value));
        var taken = Parse("data: {train: a.txt}\ntokenizer: {path: t.json}");
        Assert.Equal(Flat(taken.Value), Flat(Parse(RecipeWriter.Write(taken)).Value));
    }

    [Fact]
    public void The_recipe_of_the_checkout_loads() =>
        Assert.Equal(["tinystories", "wikipedia-demo"], RecipeLoader.Load(RecipeKind.Pretraining, Path.Combine(ProjectFiles.Root(), "recipes/nano/pretrain.yaml")).Value.Data.Exclude);

    private static ResolvedRecipe<PretrainRecipe> Parse(string yaml, params string[] sets) =>
        RecipeLoader.Parse(RecipeKind.Pretraining, yaml, "r.yaml", [.. sets.Select(RecipeOverride.Set)]);

    private static IEnumerable<string> Flat(PretrainRecipe recipe) => RecipeKind.Pretraining.Keys.Select(key => $"{key}={YamlText.Of(key.ValueIn(recipe))}");
}
