using Attune.Training.Recipes;
using Spectre.Console;

namespace Attune.Cli.Terminal.Training;

/// <summary>Every value of a recipe and where it came from.</summary>
internal static class RecipeScreen
{
    /// <summary>Writes it, and an empty line.</summary>
    /// <param name="console">Where to.</param>
    /// <param name="values">The values.</param>
    /// <param name="resumed">The run directory that is resumed, whose recipe says every value; null: a new run.</param>
    public static void Write(IAnsiConsole console, IReadOnlyList<ResolvedValue> values, string? resumed = null)
    {
        if (resumed is not null) console.MarkupLineInterpolated($"  recipe      {Path.Combine(resumed, "recipe.yaml")}, as the run began");
        else Write(console, values);
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
