namespace Attune.Bench;

/// <summary>Models and data that are not part of the project: below <c>ATTUNE_SHARED</c>, or a folder <c>shared</c> beside the checkout.</summary>
internal static class SharedFiles
{
    /// <summary>A file or folder below it, for example <c>data/banking77/train.csv</c>; null: it is not there.</summary>
    public static string? Find(string relative) => Roots()
        .Select(root => Path.Combine(root, relative))
        .FirstOrDefault(path => File.Exists(path) || Directory.Exists(path));

    private static IEnumerable<string> Roots()
    {
        if (Environment.GetEnvironmentVariable("ATTUNE_SHARED") is { Length: > 0 } named) return [named];
        return Above(AppContext.BaseDirectory).Select(folder => Path.Combine(folder, "shared"));
    }

    private static IEnumerable<string> Above(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent) yield return at.FullName;
    }
}
