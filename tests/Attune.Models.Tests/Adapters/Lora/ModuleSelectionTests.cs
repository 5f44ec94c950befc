using System.Text.Json.Nodes;
using Attune.Models.Adapters.Lora;

namespace Attune.Models.Tests.Adapters.Lora;

public class ModuleSelectionTests
{
    private const string Query = "model.layers.0.self_attn.q_proj";

    [Theory]
    [InlineData("q_proj", true)]
    [InlineData("self_attn.q_proj", true)]
    [InlineData(Query, true)]
    [InlineData("proj", false)]
    [InlineData("layers.0", false)]
    public void A_name_matches_a_whole_name_or_an_ending_after_a_dot(string name, bool expected) =>
        Assert.Equal(expected, ModuleSelection.Of(name).Matches(Query));

    [Theory]
    [InlineData(@".*\.q_proj", true)]
    [InlineData(@".*self_attn.*|lm_head", true)]
    [InlineData(@"q_proj", false)]
    [InlineData(@"model\.layers\.0", false)]
    public void An_expression_matches_the_whole_name(string expression, bool expected) =>
        Assert.Equal(expected, ModuleSelection.Matching(expression).Matches(Query));

    [Theory]
    [InlineData("a)(b")]
    [InlineData("[")]
    public void What_is_no_expression_is_told(string expression) =>
        Assert.Equal(ExitCode.Model, Assert.Throws<AttuneException>(() => ModuleSelection.Matching(expression)).Code);

    [Fact]
    public void An_expression_that_explodes_is_stopped()
    {
        var selection = ModuleSelection.Matching("(a+)+b");
        Assert.Throws<AttuneException>(() => selection.Matches(new string('a', 60)));
    }

    [Fact]
    public void A_recipe_gives_all_linear_names_or_an_expression()
    {
        Assert.Same(ModuleSelection.AllLinear, ModuleSelection.FromRecipe(["all-linear"]));
        Assert.NotNull(ModuleSelection.FromRecipe([@".*\.[01]\..*_proj"]).Expression);
        Assert.Equal(["self_attn.q_proj"], ModuleSelection.FromRecipe(["self_attn.q_proj"]).Names!);
        Assert.Equal(["q_proj", "v_proj"], ModuleSelection.FromRecipe(["q_proj", "v_proj"]).Names!);
    }

    [Fact]
    public void All_linear_selects_what_the_reference_selects()
    {
        var models = JsonNode.Parse(File.ReadAllText(Goldens.Path("adapters/all-linear.json")))!["models"]!;
        var compared = 0;
        foreach (var model in (string[])["llama-tied", "llama-untied", "llama-linear"])
        {
            var (taken, left) = (Names(models[model]!["targeted_modules"]!), Names(models[model]!["linear_layers_left_out"]!));
            Assert.All(taken, name => Assert.True(ModuleSelection.AllLinear.Matches(name)));
            Assert.All(left, name => Assert.False(ModuleSelection.AllLinear.Matches(name)));
            compared += taken.Length + left.Length;
        }

        Assert.Equal(21 + 14 + 14 + 3, compared);
    }

    private static string[] Names(JsonNode node) => [.. node.AsArray().Select(item => (string)item!)];
}
