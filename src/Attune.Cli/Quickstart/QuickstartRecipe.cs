using System.CommandLine;
using Attune.Cli.Options;
using Attune.Data;
using Attune.Data.Selection;
using Attune.Training.Recipes;

namespace Attune.Cli.Quickstart;

/// <summary>The recipe of <c>attune quickstart</c>: found from any folder, and fit for the user's own model and rows too.</summary>
internal static class QuickstartRecipe
{
    private const string Origin = "quickstart";
    private const string OfShippedModel = "samples/support/quickstart.yaml";
    private const string OfOtherModels = "samples/support/recipe.yaml"; // an adapter, which larger models need
    private const string PromptOfOwnLabels = "Which label fits this text? Answer with the label.\n\n{text}";

    /// <summary>Reads it with what the command line changes.</summary>
    /// <param name="repository">Where it lies.</param>
    /// <param name="changes">The words of the command line.</param>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="AttuneException">What is wrong in the recipe, or why the user's file cannot be read.</exception>
    public static ResolvedRecipe<Recipe> Load(Repository repository, RecipeChanges changes, ParseResult parsed)
    {
        var path = repository.PathOf(changes.HasModel(parsed) ? OfOtherModels : OfShippedModel);
        var said = changes.Overrides(parsed);
        var file = RecipeLoader.Load(path).Value;
        RecipeOverride[] places =
        [
            RecipeOverride.Option(Origin, "name", Origin),
            RecipeOverride.Option(Origin, "model", repository.PathOf(file.Model!)),
            RecipeOverride.Option(Origin, "data.train", repository.PathOf(file.Data.Train!)),
        ];
        if (!changes.HasData(parsed)) return RecipeLoader.Load(path, [.. places, .. said]);

        // The sample's prompt asks for its own labels; rows that are no label task take no prompt.
        var format = DataSets.FormatOf(RecipeLoader.Load(path, [.. places, .. said]).Value.Data);
        var prompt = RecipeOverride.Option(Origin, "data.prompt", format == RowFormat.Classification ? PromptOfOwnLabels : null);
        return RecipeLoader.Load(path, [.. places, prompt, .. said]);
    }
}
