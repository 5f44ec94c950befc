using System.CommandLine;
using System.Globalization;
using Attune.Training.Recipes;

namespace Attune.Cli.Options;

/// <summary>The words that change a recipe's values.</summary>
internal sealed class RecipeChanges
{
    private readonly Option<string[]> _set;
    private readonly Option<string?> _model = new("--model") { HelpName = "path", Description = "Another base model: Hugging Face folder or GGUF file" };
    private readonly Option<string?> _data = new("--data") { HelpName = "file", Description = "Another training file" };
    private readonly Option<int?> _threads = new("--threads") { HelpName = "n", Description = "Threads; every core without it" };
    private readonly Option<string[]> _allow = new("--allow") { HelpName = "name", Description = "Goes on in spite of a preflight check, by its name" };
    private readonly Option[] _options;

    /// <summary>Adds the words to a command.</summary>
    /// <param name="command">The verb.</param>
    /// <param name="setExample">An assignment for --set.</param>
    /// <param name="hasModel">Whether the recipe names a base model.</param>
    /// <param name="isTraining">Whether the verb trains, which preflight checks can stop.</param>
    public RecipeChanges(Command command, string setExample, bool hasModel, bool isTraining)
    {
        _set = new("--set") { HelpName = "key=value", Description = $"key=value over the recipe's; may be given several times, for example --set {setExample}" };
        _options = [.. hasModel ? (Option[])[_model] : [], _data, _threads, _set, .. isTraining ? (Option[])[_allow] : []];
        foreach (var option in _options) command.Options.Add(option);
    }

    /// <summary>The names of those that the command line holds.</summary>
    public IEnumerable<string> Given(ParseResult parsed) => _options.Where(option => parsed.GetResult(option) is not null).Select(option => option.Name);

    /// <summary>Whether <c>--model</c> names a model.</summary>
    public bool HasModel(ParseResult parsed) => _options.Contains(_model) && parsed.GetValue(_model) is not null;

    /// <summary>Whether <c>--data</c> names rows.</summary>
    public bool HasData(ParseResult parsed) => parsed.GetValue(_data) is not null;

    /// <summary>What the command line says, as values over the recipe's.</summary>
    public IReadOnlyList<RecipeOverride> Overrides(ParseResult parsed) =>
    [
        .. (parsed.GetValue(_set) ?? []).Select(RecipeOverride.Set),
        .. Option("--model", "model", HasModel(parsed) ? parsed.GetValue(_model) : null),
        .. Option("--data", "data.train", parsed.GetValue(_data)),
        .. Option("--threads", "threads", parsed.GetValue(_threads)?.ToString(CultureInfo.InvariantCulture)),
        .. _options.Contains(_allow) && parsed.GetValue(_allow) is { Length: > 0 } allow ? [RecipeOverride.Set($"allow=[{string.Join(", ", allow)}]")] : Array.Empty<RecipeOverride>(),
    ];

    private static IEnumerable<RecipeOverride> Option(string option, string key, string? value) =>
        value is null ? [] : [RecipeOverride.Option(option, key, value)];
}
