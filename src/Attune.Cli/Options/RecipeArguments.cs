using System.CommandLine;
using Attune.Training.Recipes;

namespace Attune.Cli.Options;

/// <summary>The words that name a recipe and change its values.</summary>
/// <typeparam name="TRecipe">The record of its kind.</typeparam>
internal sealed class RecipeArguments<TRecipe>
    where TRecipe : TrainingRecipe
{
    private readonly RecipeKind<TRecipe> _kind;
    private readonly string _example;
    private readonly Argument<string?> _recipe;
    private readonly RecipeChanges _changes;

    /// <summary>Adds the words to a command.</summary>
    /// <param name="command">The verb.</param>
    /// <param name="kind">Kind of the recipe.</param>
    /// <param name="example">A recipe of that kind.</param>
    /// <param name="setExample">An assignment for --set.</param>
    /// <param name="hasModel">Whether the recipe names a base model.</param>
    /// <param name="isTraining">Whether the verb trains.</param>
    public RecipeArguments(Command command, RecipeKind<TRecipe> kind, string example, string setExample, bool hasModel, bool isTraining)
    {
        (_kind, _example) = (kind, example);
        _recipe = new("recipe") { Description = $"YAML file, for example {example}", Arity = ArgumentArity.ZeroOrOne };
        command.Arguments.Add(_recipe);
        _changes = new RecipeChanges(command, setExample, hasModel, isTraining);
    }

    /// <summary>Which of the words the command line holds.</summary>
    public IEnumerable<string> Given(ParseResult parsed)
    {
        if (parsed.GetValue(_recipe) is { } recipe) yield return recipe;
        foreach (var name in _changes.Given(parsed)) yield return name;
    }

    /// <summary>Reads the recipe with what the command line changes.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Usage"/>: no recipe is named; or what is wrong in it.</exception>
    public ResolvedRecipe<TRecipe> Load(ParseResult parsed) =>
        parsed.GetValue(_recipe) is { } path
            ? RecipeLoader.Load(_kind, path, _changes.Overrides(parsed))
            : throw new AttuneException(ExitCode.Usage, "No recipe is named.", $"For example: attune {parsed.CommandResult.Command.Name} {_example}");
}

/// <summary>The words of verbs that take a fine-tuning recipe.</summary>
internal static class RecipeArguments
{
    /// <summary>Adds them to a command.</summary>
    /// <param name="command">The verb.</param>
    /// <param name="isTraining">Whether it trains.</param>
    public static RecipeArguments<Recipe> Of(Command command, bool isTraining) =>
        new(command, RecipeKind.Tuning, "recipes/tiny/lora.yaml", "lora.rank=8", hasModel: true, isTraining);
}
