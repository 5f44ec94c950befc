using Attune.Data;
using Attune.Models.Adapters.Lora;
using Attune.Training.Recipes;
using CsCheck;

namespace Attune.Training.Tests.Recipes;

public class RecipeWriterTests
{
    [Fact]
    public void A_resolved_recipe_says_where_each_value_came_from()
    {
        var resolved = RecipeText.Parse("model: m\ndata:\n  train: t.csv\n  labels: [yes, b]\nwarmup_steps: 3\n", "lora.rank=4")
            .Decided(ComputeType.Float32, threads: 2);
        var lines = RecipeWriter.Write(resolved).Split('\n');

        Assert.Contains("model: m  # r.yaml:1", lines);
        Assert.Contains("lora:", lines);
        Assert.Contains("  rank: 4  # --set", lines);
        Assert.Contains("  alpha: 32  # default", lines);
        Assert.Contains("  labels:", lines);
        Assert.Contains("    names: [\"yes\", b]  # r.yaml:4", lines);
        Assert.Contains("warmup_steps: 3  # r.yaml:5", lines);
        Assert.Contains("adam_epsilon: 1.0e-08  # default", lines);
        Assert.Contains("compute_type: float32  # auto", lines);
        Assert.Contains("threads: 2  # auto", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("warmup_ratio", StringComparison.Ordinal));
    }

    [Fact]
    public void What_the_recipe_sets_itself_is_not_decided_again()
    {
        var resolved = RecipeText.Parse(RecipeText.Needed + "compute_type: bfloat16\nthreads: 1").Decided(ComputeType.Float32, threads: 8);
        Assert.Equal((ComputeType.Bfloat16, 1), (resolved.Value.ComputeType, resolved.Value.Threads));
        Assert.Equal(("r.yaml:3", "r.yaml:4"), (resolved.OriginOf("compute_type"), resolved.OriginOf("threads")));
    }

    [Fact]
    public void Full_fine_tuning_is_written_without_a_lora_section()
    {
        var resolved = RecipeText.Parse(RecipeText.Needed + "method: full");
        Assert.DoesNotContain("lora:", RecipeWriter.Write(resolved));
        AssertLoadsAgain(resolved);
    }

    [Fact]
    public void A_written_recipe_loads_to_equal_values()
    {
        AssertLoadsAgain(RecipeText.Parse(RecipeText.Needed));
        AssertLoadsAgain(RecipeText.Parse("model: m\ndata: {train: {b: 1.txt, a: 2.txt}, labels: {most_frequent: 2}, validation: v, split: {test: 0.25}}"));
        AssertLoadsAgain(RecipeText.Parse("model: m\ndata: {train: t, columns: {label: 0, text: 'a b: c'}, test: x}\nallow: [a, 'b, c']\nearly_stopping_patience: 2\nearly_stopping_threshold: 1e-3"));
    }

    [Fact]
    public void Any_text_and_number_survives_writing()
    {
        var text = Gen.OneOf(Gen.String[1, 20], Gen.OneOf<string>("null", "~", "yes", "1e3", "0x1f", "- a", "a: b", "a #b", " a", "a ", "é\u0085", "\u2028", "'", "\"\\", "!x", "&a", "😀", "2026-01-01", "=", "<<", "?", ".5"))
            .Where(value => !string.IsNullOrWhiteSpace(value) && !value.Any(char.IsSurrogate) || value == "😀");
        Gen.Select(text, text, Gen.Double[1e-300, 1e300], Gen.Int[1, int.MaxValue]).Sample((one, other, number, whole) =>
        {
            var recipe = new Recipe
            {
                Model = one,
                SamplePrompt = other,
                LearningRate = number,
                Seed = -whole,
                Lora = new LoraOptions { ModulesToSave = [one] },
                Data = new DataOptions { Train = other, Columns = new Dictionary<string, string> { [one] = other } },
            };
            AssertLoadsAgain(ResolvedRecipe<Recipe>.Of(RecipeKind.Tuning, recipe, new GivenValues(RecipeKind.Tuning)));
        }, iter: 2_000);
    }

    private static void AssertLoadsAgain(ResolvedRecipe<Recipe> resolved)
    {
        var again = RecipeLoader.Parse(RecipeWriter.Write(resolved), "recipe.yaml");
        Assert.Equal(RecipeText.Flat(resolved.Value), RecipeText.Flat(again.Value));
    }
}
