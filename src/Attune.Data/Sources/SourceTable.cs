using System.Text.Json.Nodes;

namespace Attune.Data.Sources;

/// <summary>One record of a file before anything is made of it.</summary>
/// <param name="Origin">File and line.</param>
/// <param name="Fields">Column name to value; strings only in CSV, TSV and text files.</param>
public sealed record SourceRow(RowOrigin Origin, JsonObject Fields);

/// <summary>The rows of one source.</summary>
/// <param name="Path">File or folder as it was named.</param>
/// <param name="Columns">Column names in the order they were met; <c>0</c>, <c>1</c>, … where a file has no header.</param>
/// <param name="Rows">Rows in file order.</param>
/// <param name="Notes">What was detected while reading, in words: header, quoting.</param>
public sealed record SourceTable(
    string Path, IReadOnlyList<string> Columns, IReadOnlyList<SourceRow> Rows, IReadOnlyList<string> Notes)
{
    /// <summary>A table whose columns are those of its rows.</summary>
    public static SourceTable Of(string path, IReadOnlyList<SourceRow> rows)
    {
        var columns = new List<string>();
        var seen = new HashSet<string>();
        foreach (var row in rows)
        {
            foreach (var (name, _) in row.Fields)
            {
                if (seen.Add(name))
                    columns.Add(name);
            }
        }

        return new SourceTable(path, columns, rows, []);
    }
}
