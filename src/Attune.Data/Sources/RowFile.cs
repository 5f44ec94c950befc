namespace Attune.Data.Sources;

/// <summary>Reads one source, whatever its kind.</summary>
public static class RowFile
{
    /// <summary>The kinds of file that hold rows.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".jsonl", ".json", ".csv", ".tsv", ".txt"];

    /// <summary>Reads a .jsonl, .json, .csv, .tsv or .txt file, optionally .gz, or a folder of one .txt a label.</summary>
    /// <exception cref="AttuneException">Missing, unreadable, of another kind, without a single row, or malformed.</exception>
    public static SourceTable Read(string path, DataOptions options, BadRowLog bad)
    {
        if (Directory.Exists(path)) return LabelFiles.Read(path, LabelFiles.InFolder(path), bad);
        var table = DataFile.Extension(path) switch
        {
            ".jsonl" => SourceTable.Of(path, JsonRows.ReadLines(path, bad)),
            ".json" => SourceTable.Of(path, JsonRows.ReadArray(path, bad)),
            ".csv" or ".tsv" => DelimitedRows.Read(path, options, bad),
            ".txt" => SourceTable.Of(path, TextRows.Read(path, null, bad)),
            var other => throw new AttuneException(
                ExitCode.Data,
                $"{path}: files of kind '{other}' are not read; known are {string.Join(", ", Extensions)}, each also with .gz.",
                File.Exists(path) ? "Convert it, or rename it if only its name is wrong." : KnownSets.Hint(path)),
        };
        if (table.Rows.Count > 0) return table;
        var malformed = bad.Rows.Where(row => row.File == path).ToList();
        throw new AttuneException(
            ExitCode.Data,
            malformed.Count > 0 ? $"{path} holds no usable row: all {malformed.Count} are malformed, the first on line {malformed[0].Line}: {malformed[0].Reason}."
                : table.Columns.Count > 0 ? $"{path} holds a header and no row."
                : $"{path} is empty: it holds no row.");
    }
}
