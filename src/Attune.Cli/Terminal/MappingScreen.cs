using Attune.Data.Formats;
using Spectre.Console;

namespace Attune.Cli.Terminal;

/// <summary>How the columns of the data were understood.</summary>
internal static class MappingScreen
{
    /// <summary>Writes format, columns and what is left over.</summary>
    public static void Write(IAnsiConsole console, RowMapping mapping)
    {
        console.MarkupLineInterpolated($"rows        {mapping.Format.Word()} ({mapping.Why})");
        foreach (var column in mapping.Columns)
            console.MarkupLineInterpolated($"              {column.Role} ← {column.Column} ({column.Why})");
        if (mapping.Unused.Count > 0) console.MarkupLineInterpolated($"              not read: {string.Join(", ", mapping.Unused)}");
        foreach (var note in mapping.Notes) console.MarkupLineInterpolated($"              {note}");
    }
}
