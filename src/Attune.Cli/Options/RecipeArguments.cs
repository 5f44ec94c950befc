using System.CommandLine;
using System.Globalization;
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
    private readonly Option<string[]> _set;
    private readonly Option<string?> _model = new("--model") { HelpName = "path", Description = "Another base model: Hugging Face folder or GGUF file" };
    private readonly Option<string?> _data = new("--data") { HelpName = "file", Description = "Another training file" };
    private readonly Option[] _options;
    private readonly Option<int?> _threads = new("--threads") { HelpName = "n", Description = "Threads; every core without it" };

    /// <summary>Adds the words to a command.</summary>
    /// <param name="command">The verb.</param>
    /// <param name="kind">Kind of the recipe.</param>
    /// <param name="example">A recipe of that kind.</param>
    /// <param name="setExample">An assignment for --set.</param>
    /// <param name="hasModel">Whether the recipe names a base model.</param>
    public RecipeArguments(Command command, RecipeKind<TRecipe> kind, string example, string setExample, bool hasModel)
    {
        (_kind, _example) = (kind, example);
        _recipe = new("recipe") { Description = $"YAML file, for example {example}", Arity = ArgumentArity.ZeroOrOne };
        _set = new("--set") { HelpName = "key=value", Description = $"key=value over the recipe's; may be given several times, for example --set {setExample}" };
        _options = hasModel ? [_model, _data, _threads, _set] : [_data, _threads, _set];
        command.Arguments.Add(_recipe);
        foreach (var option in _options) command.Options.Add(option);
    }

    /// <summary>Which of the words the command line holds.</summary>
    public IEnumerable<string> Given(ParseResult parsed)
    {
        if (parsed.GetValue(_recipe) is { } recipe) yield return recipe;
        foreach (var option in _options)
        {
            if (parsed.GetResult(option) is not null) yield return option.Name;
        }
    }

    private IEnumerable<RecipeOverride> Overrides(ParseResult parsed) =>
    [
        .. (parsed.GetValue(_set) ?? []).Select(RecipeOverride.Set),
        .. Option("--model", "model", _options.Contains(_model) ? parsed.GetValue(_model) : null),
        .. Option("--data", "data.train", parsed.GetValue(_data)),
        .. Option("--threads", "threads", parsed.GetValue(_threads)?.ToString(CultureInfo.InvariantCulture)),
    ];

    /// <summary>Reads the recipe with what the command line changes.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="allow">Preflight checks to go on in spite of; empty: the recipe's.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Usage"/>: no recipe is named; or what is wrong in it.</exception>
    public ResolvedRecipe<TRecipe> Load(ParseResult parsed, IReadOnlyList<string>? allow = null) =>
        parsed.GetValue(_recipe) is { } path
            ? RecipeLoader.Load(_kind, path, [.. Overrides(parsed), .. Allowed(allow ?? [])])
            : throw new AttuneException(ExitCode.Usage, "No recipe is named.", $"For example: attune {parsed.CommandResult.Command.Name} {_example}");

    private static IEnumerable<RecipeOverride> Allowed(IReadOnlyList<string> names) =>
        names.Count == 0 ? [] : [RecipeOverride.Set($"allow=[{string.Join(", ", names)}]")];

    private static IEnumerable<RecipeOverride> Option(string option, string key, string? value) =>
        value is null ? [] : [RecipeOverride.Option(option, key, value)];
}

/// <summary>The words of verbs that take a fine-tuning recipe.</summary>
internal static class RecipeArguments
{
    /// <summary>Adds them to a command.</summary>
    public static RecipeArguments<Recipe> Of(Command command) => new(command, RecipeKind.Tuning, "recipes/tiny/lora.yaml", "lora.rank=8", hasModel: true);
}
