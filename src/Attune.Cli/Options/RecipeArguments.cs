using System.CommandLine;
using System.Globalization;
using Attune.Training.Recipes;

namespace Attune.Cli.Options;

/// <summary>The words that name a recipe and change its values.</summary>
internal sealed class RecipeArguments
{
    private readonly Argument<string?> _recipe = new("recipe") { Description = "YAML file, for example recipes/tiny/lora.yaml", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string[]> _set = new("--set") { HelpName = "key=value", Description = "key=value over the recipe's; may be given several times, for example --set lora.rank=8" };
    private readonly Option<string?> _model = new("--model") { HelpName = "path", Description = "Another base model: Hugging Face folder or GGUF file" };
    private readonly Option<string?> _data = new("--data") { HelpName = "file", Description = "Another training file" };
    private readonly Option<int?> _threads = new("--threads") { HelpName = "n", Description = "Threads; every core without it" };

    /// <summary>Adds the words to a command.</summary>
    public RecipeArguments(Command command)
    {
        command.Arguments.Add(_recipe);
        command.Options.Add(_model);
        command.Options.Add(_data);
        command.Options.Add(_threads);
        command.Options.Add(_set);
    }

    /// <summary>Which of the words the command line holds.</summary>
    public IEnumerable<string> Given(ParseResult parsed)
    {
        if (parsed.GetValue(_recipe) is { } recipe) yield return recipe;
        foreach (Option option in new Option[] { _model, _data, _threads, _set })
        {
            if (parsed.GetResult(option) is not null) yield return option.Name;
        }
    }

    private IEnumerable<RecipeOverride> Overrides(ParseResult parsed) =>
    [
        .. (parsed.GetValue(_set) ?? []).Select(RecipeOverride.Set),
        .. Option("--model", "model", parsed.GetValue(_model)),
        .. Option("--data", "data.train", parsed.GetValue(_data)),
        .. Option("--threads", "threads", parsed.GetValue(_threads)?.ToString(CultureInfo.InvariantCulture)),
    ];

    /// <summary>Reads the recipe with what the command line changes.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="allow">Preflight checks to go on in spite of; empty: the recipe's.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Usage"/>: no recipe is named; or what is wrong in it.</exception>
    public ResolvedRecipe<Recipe> Load(ParseResult parsed, IReadOnlyList<string>? allow = null) =>
        parsed.GetValue(_recipe) is { } path
            ? RecipeLoader.Load(path, [.. Overrides(parsed), .. Allowed(allow ?? [])])
            : throw new AttuneException(ExitCode.Usage, "No recipe is named.", "For example: attune train recipes/tiny/lora.yaml");

    private static IEnumerable<RecipeOverride> Allowed(IReadOnlyList<string> names) =>
        names.Count == 0 ? [] : [RecipeOverride.Set($"allow=[{string.Join(", ", names)}]")];

    private static IEnumerable<RecipeOverride> Option(string option, string key, string? value) =>
        value is null ? [] : [RecipeOverride.Option(option, key, value)];
}
