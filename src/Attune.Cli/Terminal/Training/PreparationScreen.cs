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
        RecipeScreen.Write(console, prepared.Recipe.Values, resumed);
        MappingScreen.Write(console, prepared.Data.Sets.Mapping);
        if (prepared.Preparer.Chat is { } chat) console.MarkupLineInterpolated($"labels      {chat.Explanation}");
        foreach (var finding in prepared.Findings) FindingScreen.Write(console, finding);
        console.WriteLine();
    }
}
