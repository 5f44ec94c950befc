using Attune.Data.Sources;

namespace Attune.Data.Selection;

/// <summary>Finds the files behind <c>data.train</c> where it names a folder.</summary>
internal static class SourcePaths
{
    private static readonly string[] ValidationNames = ["validation", "valid", "val", "dev"];

    /// <summary>
    /// A folder with train.* gives that file, and validation.* and test.* where the recipe names none; a folder with a
    /// single data file gives it; any other folder is left as it is (one file a label).
    /// </summary>
    public static DataOptions Resolve(DataOptions options)
    {
        if (options.Train is not { } folder || !Directory.Exists(folder)) return options;
        var files = Directory.EnumerateFiles(folder)
            .Where(path => RowFile.Extensions.Contains(DataFile.Extension(path)))
            .Order(StringComparer.Ordinal).ToList();
        if (Named(files, "train") is { } train)
        {
            return options with
            {
                Train = train,
                Validation = options.Validation ?? ValidationNames.Select(name => Named(files, name)).FirstOrDefault(path => path is not null),
                Test = options.Test ?? Named(files, "test"),
            };
        }

        return files.Count == 1 ? options with { Train = files[0] } : options;
    }

    private static string? Named(List<string> files, string name) => files.Find(path =>
    {
        var file = Path.GetFileName(path);
        return string.Equals(file[..file.IndexOf('.')], name, StringComparison.OrdinalIgnoreCase);
    });
}
