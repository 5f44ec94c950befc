using System.Text.Json.Nodes;
using Attune.Data.Sources;

namespace Attune.Data.Formats;

/// <summary>Finds out what the rows of a source are, from their columns and what the recipe says.</summary>
public static class FormatDetection
{
    /// <summary>Rows looked at to tell a label column from a text column by its values.</summary>
    private const int ValueSample = 10_000;

    /// <summary>The mapping of a source's columns to roles.</summary>
    /// <exception cref="AttuneException">No format fits, a named column is not there, or the rows are for another kind of training.</exception>
    public static RowMapping Detect(SourceTable table, DataOptions options)
    {
        CheckNames(table, options);
        foreach (var (format, roles) in Roles.Formats)
        {
            if (options.Format != RowFormat.Auto && options.Format != format) continue;
            if (options.Columns.Keys.Any(named => roles.All(role => role.Name != named))) continue;
            if (Map(table, roles, options) is not { } columns) continue;
            if (options.Format == RowFormat.Auto)
            {
                RefusePreferences(table);
                if (!Fits(format, table.Rows[0], columns)) continue;
            }

            return Mapping(table, format, columns, options.Format == RowFormat.Auto ? "detected from the columns" : "data.format");
        }

        if (options.Format is RowFormat.Auto or RowFormat.Classification && ByValues(table, options) is { } byValues)
            return Mapping(table, RowFormat.Classification, byValues, "two columns, one of few values");
        if (options.Format is RowFormat.Auto or RowFormat.Text && table.Columns is ["0"])
            return Mapping(table, RowFormat.Text, [new MappedColumn(Roles.Text, "0", "the only column")], "one column");
        throw NothingFits(table, options);
    }

    /// <summary>The columns of a format's roles; null where a required one is missing.</summary>
    private static List<MappedColumn>? Map(SourceTable table, Role[] roles, DataOptions options)
    {
        var mapped = new List<MappedColumn>();
        foreach (var role in roles)
        {
            if (options.Columns.TryGetValue(role.Name, out var named))
                mapped.Add(new MappedColumn(role.Name, named, "data.columns"));
            else if (role.Names.Select(name => Find(table, name)).FirstOrDefault(name => name is not null && !Taken(mapped, name) && !options.Columns.Values.Contains(name)) is { } found)
                mapped.Add(new MappedColumn(role.Name, found, Reason(table, role, found)));
            else if (role.IsRequired)
                return null;
        }

        return mapped;
    }

    private static bool Taken(List<MappedColumn> mapped, string column) => mapped.Exists(other => other.Column == column);

    private static string? Find(SourceTable table, string name) =>
        table.Columns.FirstOrDefault(column => string.Equals(column, name, StringComparison.OrdinalIgnoreCase));

    private static string Reason(SourceTable table, Role role, string found)
    {
        var others = role.Names.Select(name => Find(table, name)).Where(name => name is not null && name != found).ToList();
        return others.Count == 0 ? "its name" : $"its name; {string.Join(", ", others)} would fit too (data.columns)";
    }

    /// <summary>Whether the first row's values have the shape that a chat format needs.</summary>
    private static bool Fits(RowFormat format, SourceRow row, List<MappedColumn> columns)
    {
        if (format is not (RowFormat.Messages or RowFormat.ShareGpt)) return true;
        var value = row.Fields[columns.First(column => column.Role == Roles.Messages).Column];
        return value is JsonArray { Count: > 0 } messages && messages[0] is JsonObject first
            && first.ContainsKey(format == RowFormat.Messages ? "role" : "from");
    }

    /// <summary>Two columns without telling names: the one with few values is the label.</summary>
    private static List<MappedColumn>? ByValues(SourceTable table, DataOptions options)
    {
        if (table.Columns.Count != 2 || options.Columns.Count > 0) return null;
        var sample = Math.Min(table.Rows.Count, ValueSample);
        var values = table.Columns
            .Select(column => table.Rows.Take(sample).Select(row => JsonValues.AsLabel(row.Fields[column])).ToHashSet().Count).ToArray();
        var label = values[0] < values[1] ? 0 : 1;
        if (values[label] * 4 > sample || values[label] * 2 > values[1 - label]) return null;
        return
        [
            new MappedColumn(Roles.Text, table.Columns[1 - label], $"{values[1 - label]} values in {sample} rows"),
            new MappedColumn(Roles.Label, table.Columns[label], $"{values[label]} values in {sample} rows"),
        ];
    }

    private static RowMapping Mapping(SourceTable table, RowFormat format, List<MappedColumn> columns, string why) =>
        new(format, why, columns, [.. table.Columns.Where(column => !Taken(columns, column))], table.Notes);

    private static void CheckNames(SourceTable table, DataOptions options)
    {
        foreach (var (role, column) in options.Columns)
        {
            if (!Roles.All.Contains(role))
            {
                throw new AttuneException(
                    ExitCode.Recipe,
                    $"data.columns: there is no role '{role}'{Meant(role, Roles.All)}.",
                    $"Roles are {string.Join(", ", Roles.All)}.");
            }

            if (!table.Columns.Contains(column))
            {
                throw new AttuneException(
                    ExitCode.Data,
                    $"{table.Path} has no column '{column}' (data.columns.{role}){Meant(column, table.Columns)}.",
                    $"Its columns are {List(table.Columns)}.");
            }
        }
    }

    private static void RefusePreferences(SourceTable table)
    {
        if (Find(table, "chosen") is null || Find(table, "rejected") is null) return;
        throw new AttuneException(
            ExitCode.Data,
            $"{table.Path} holds preferences (columns chosen and rejected), which supervised fine-tuning does not read.",
            "To train on the chosen answers, say data.format: prompt_completion and data.columns: {prompt: …, completion: chosen}.");
    }

    private static AttuneException NothingFits(SourceTable table, DataOptions options)
    {
        RefusePreferences(table);
        if (options.Format == RowFormat.Auto)
        {
            return new AttuneException(
                ExitCode.Data,
                $"{table.Path}: no row format fits its columns ({List(table.Columns)}).",
                "Name the columns, for example data.columns: {text: …, label: …} or {prompt: …, completion: …}.");
        }

        var roles = Roles.Formats.First(format => format.Format == options.Format).Roles;
        var missing = roles.First(role => role.IsRequired && !options.Columns.ContainsKey(role.Name) && role.Names.All(name => Find(table, name) is null));
        return new AttuneException(
            ExitCode.Data,
            $"{table.Path} has no column for '{missing.Name}', which format {options.Format.Word()} needs; its columns are {List(table.Columns)}.",
            $"Name it: data.columns: {{{missing.Name}: …}}.");
    }

    private static string Meant(string name, IEnumerable<string> known) =>
        NearestName.Of(name, known) is { } nearest ? $"; did you mean '{nearest}'?" : "";

    private static string List(IReadOnlyList<string> names) =>
        names.Count == 0 ? "none" : string.Join(", ", names.Take(20)) + (names.Count > 20 ? ", …" : "");
}
