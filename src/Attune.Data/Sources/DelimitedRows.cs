using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Attune.Data.Sources;

/// <summary>Reads .csv and .tsv: finds the delimiter and the header, checks the number of fields.</summary>
public static partial class DelimitedRows
{
    /// <summary>Records looked at to tell a header from a first row.</summary>
    private const int HeaderSample = 1000;

    /// <summary>Reads the file; columns are named by its header, or <c>0</c>, <c>1</c>, … without one.</summary>
    public static SourceTable Read(string path, DataOptions options, BadRowLog bad)
    {
        var tabs = DataFile.Extension(path) == ".tsv";
        var quoting = options.Quoting ?? !tabs;
        var delimiter = tabs ? '\t' : Delimiter(path);
        var records = new DelimitedRecords(path, delimiter, quoting, bad).Read().ToList();
        if (records.Count == 0) return new SourceTable(path, [], [], []);

        var header = options.Header ?? LooksLikeHeader(records, options);
        var notes = new List<string>
        {
            options.Header is null ? $"the first line is taken as {(header ? "the header" : "a row: no header")}" : $"header: {(header ? "yes" : "no")} (data.header)",
            quoting ? "quotation marks follow RFC 4180" : "quotation marks are plain text",
        };
        if (!tabs && delimiter != ',') notes.Add("fields are separated by semicolons");
        var columns = Columns(path, records[0].Fields, header);
        var rows = new List<SourceRow>(records.Count);
        foreach (var (origin, fields) in records.Skip(header ? 1 : 0))
        {
            if (fields.Length != columns.Length)
            {
                bad.Report(origin, $"{Count(fields.Length)} where there are {columns.Length} columns ({string.Join(", ", columns.Take(10))})");
                continue;
            }

            var values = new JsonObject();
            for (var i = 0; i < fields.Length; i++) values[columns[i]] = fields[i];
            rows.Add(new SourceRow(origin, values));
        }

        return new SourceTable(path, columns, rows, notes);
    }

    private static string[] Columns(string path, string[] first, bool header)
    {
        if (first.Length > SourceLimits.Columns)
            throw new AttuneException(ExitCode.Data, $"{path} line 1: {first.Length} columns; at most {SourceLimits.Columns} are read.");
        if (!header) return [.. Enumerable.Range(0, first.Length).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        var names = first.Select(name => name.Trim()).ToArray();
        var twice = names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1);
        return twice is null
            ? names
            : throw new AttuneException(
                ExitCode.Data,
                $"{path} line 1: two columns are named '{twice.Key}'.",
                "Rename one, or say data.header: false if the first line is a row.");
    }

    /// <summary>Semicolons where the first line has some and no comma, as spreadsheets of many countries write them.</summary>
    private static char Delimiter(string path)
    {
        using var lines = new LineReader(path);
        return lines.Read(out var line) && !line.Contains(',') && line.Contains(';') ? ';' : ',';
    }

    /// <summary>
    /// A header: every cell looks like a name, and none is met again in its column. A column named in
    /// data.columns decides at once.
    /// </summary>
    private static bool LooksLikeHeader(List<(RowOrigin Origin, string[] Fields)> records, DataOptions options)
    {
        var first = records[0].Fields;
        if (options.Columns.Values.Any(column => first.Contains(column))) return true;
        if (first.Any(cell => !Name().IsMatch(cell))) return false;
        return records.Skip(1).Take(HeaderSample).All(record => !record.Fields.Where((cell, i) => i < first.Length && cell == first[i]).Any());
    }

    private static string Count(int fields) => fields == 1 ? "1 field" : $"{fields} fields";

    [GeneratedRegex(@"^\s*[\p{L}_][\p{L}\p{N}_ .\-]{0,63}\s*$", RegexOptions.NonBacktracking)]
    private static partial Regex Name();
}
