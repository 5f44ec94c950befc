namespace Attune.Data.Sources;

/// <summary>A label task kept as one text file a label, a row a line.</summary>
public static class LabelFiles
{
    /// <summary>The .txt files of a folder by label (the file's name without extensions), in the order of their labels.</summary>
    public static IReadOnlyDictionary<string, string> InFolder(string folder)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(folder))
        {
            if (DataFile.Extension(path) != ".txt") continue;
            var name = Path.GetFileName(path);
            files[name[..name.IndexOf(".txt", StringComparison.OrdinalIgnoreCase)]] = path;
        }

        if (files.Count >= 2) return files;
        throw new AttuneException(
            ExitCode.Data,
            $"Folder {folder} is not a data set: expected one .txt a label (two at least), a file train.* or a single data file.",
            "Name the file itself in data.train.");
    }

    /// <summary>Rows of all files, label by label, with columns <c>text</c> and <c>label</c>.</summary>
    public static SourceTable Read(string path, IReadOnlyDictionary<string, string> files, BadRowLog bad)
    {
        var rows = new List<SourceRow>();
        foreach (var (label, file) in files)
        {
            var before = rows.Count;
            rows.AddRange(TextRows.Read(file, label, bad));
            if (rows.Count == before) throw new AttuneException(ExitCode.Data, $"{file} is empty: it holds no row for label '{label}'.");
        }

        return new SourceTable(path, ["text", "label"], rows, [$"one file a label: {string.Join(", ", files.Keys)}"]);
    }
}
