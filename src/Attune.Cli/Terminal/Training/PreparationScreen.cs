using Attune.Training.Recipes;
using Attune.Training.Running;
using Spectre.Console;

namespace Attune.Cli.Terminal.Training;

/// <summary>What a run starts from: every value of the recipe and where it came from, how rows were understood, what preflight notes.</summary>
internal static class PreparationScreen
{
    /// <summary>Writes it.</summary>
    /// <param name="console">Where to.</param>
    /// <param name="prepared">The run.</param>
    /// <param name="resumed">The run directory that is resumed, whose recipe says every value; null: a new run.</param>
    public static void Write(IAnsiConsole console, PreparedRun prepared, string? resumed = null)
    {
        if (resumed is not null) console.MarkupLineInterpolated($"  recipe      {Path.Combine(resumed, "recipe.yaml")}, as the run began");
        else Write(console, prepared.Recipe.Values);
        console.WriteLine();
        MappingScreen.Write(console, prepared.Data.Sets.Mapping);
        if (prepared.Preparer.Chat is { } chat) console.MarkupLineInterpolated($"labels      {chat.Explanation}");
        foreach (var finding in prepared.Findings) FindingScreen.Write(console, finding);
        console.WriteLine();
    }

    /// <summary>What was said, a line each with its origin; what nobody said, together.</summary>
    private static void Write(IAnsiConsole console, IReadOnlyList<ResolvedValue> values)
    {
        var said = values.Where(one => one.Origin != ResolvedValue.Default).ToArray();
        var (key, value) = (said.Max(one => one.Key.Length), Math.Min(40, said.Max(one => one.Value.Length)));
        foreach (var one in said)
            console.MarkupLineInterpolated($"  {one.Key.PadRight(key)}  {one.Value.PadRight(value)}  [grey]{one.Origin}[/]");
        var defaults = string.Join("  ", values.Except(said).Select(one => $"{one.Key}={one.Value}"));
        console.Write(new Padder(new Markup($"[grey]by default: {Markup.Escape(defaults)}[/]"), new Padding(2, 0, 0, 0)));
    }
}
