namespace Attune.Training.Recipes;

/// <summary>A value of the command line that wins over the file's.</summary>
public sealed class RecipeOverride
{
    private RecipeOverride(string key, RecipeNode node) => (Key, Node) = (key, node);

    /// <summary>The key, for example <c>lora.rank</c>.</summary>
    public string Key { get; }

    internal RecipeNode Node { get; }

    /// <summary>An assignment of <c>--set</c>: <c>a.b=c</c>, with c in YAML.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Usage"/> without an equals sign; <see cref="ExitCode.Recipe"/> when c is not YAML.</exception>
    public static RecipeOverride Set(string assignment)
    {
        var equals = assignment.IndexOf('=');
        if (equals < 1)
            throw new AttuneException(ExitCode.Usage, $"--set {assignment}: expected key=value.", "For example: --set lora.rank=8");
        var place = new Place($"--set {assignment}");
        return new RecipeOverride(assignment[..equals].Trim(), RecipeYaml.Parse(assignment[(equals + 1)..], (_, _) => place));
    }

    /// <summary>
    /// The value of an option of its own, taken as it is: <c>--model path</c> is <c>Option("--model", "model", path)</c>; null takes
    /// the file's value away.
    /// </summary>
    public static RecipeOverride Option(string option, string key, string? value) =>
        new(key, new ScalarNode(new Place($"{option} {value}"), value ?? "null", IsQuoted: value is not null && key != "threads")); // the others are texts
}
