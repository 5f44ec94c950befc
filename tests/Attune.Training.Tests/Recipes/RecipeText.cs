using Attune.Training.Recipes;

namespace Attune.Training.Tests.Recipes;

/// <summary>Recipes as text, for tests.</summary>
internal static class RecipeText
{
    /// <summary>The two keys that every recipe needs, each on a line: what follows begins in line 3.</summary>
    public const string Needed = "model: m\n\"data\": {train: rows.jsonl}\n";

    public static ResolvedRecipe<Recipe> Parse(string yaml, params string[] sets) =>
        RecipeLoader.Parse(yaml, "r.yaml", [.. sets.Select(RecipeOverride.Set)]);

    public static AttuneException Error(string yaml, params string[] sets)
    {
        var error = Assert.Throws<AttuneException>(() => Parse(yaml, sets));
        Assert.Equal(ExitCode.Recipe, error.Code);
        return error;
    }

    public static string OriginOf<TRecipe>(this ResolvedRecipe<TRecipe> recipe, string key)
        where TRecipe : TrainingRecipe => recipe.Values.Single(value => value.Key == key).Origin;

    /// <summary>Every value as text: what equality of recipes means, whose lists compare by reference.</summary>
    public static IEnumerable<string> Flat(Recipe recipe) => RecipeKind.Tuning.Keys.Select(key => $"{key}={YamlText.Of(key.ValueIn(recipe))}");
}
