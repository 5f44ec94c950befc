using System.Text.Json.Nodes;

namespace Attune.Data.Sources;

/// <summary>Reads .txt: a row a line; empty lines are passed over.</summary>
public static class TextRows
{
    /// <summary>Rows with the column <c>text</c>, and <c>label</c> where one is given for the whole file.</summary>
    public static IReadOnlyList<SourceRow> Read(string path, string? label, BadRowLog bad)
    {
        var rows = new List<SourceRow>();
        using var lines = new LineReader(path);
        while (lines.Read(out var line))
        {
            if (lines.Problem is { } problem)
            {
                bad.Report(lines.Origin, problem);
                continue;
            }

            line = line.TrimEnd('\r');
            if (string.IsNullOrWhiteSpace(line)) continue;
            var fields = new JsonObject { ["text"] = line };
            if (label is not null) fields["label"] = label;
            rows.Add(new SourceRow(lines.Origin, fields));
        }

        return rows;
    }
}
