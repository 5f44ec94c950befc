namespace Attune.Data.Sources;

/// <summary>Names of files with <c>*</c> and <c>?</c>.</summary>
internal static class FilePattern
{
    /// <summary>The files that a pattern fits, in ordinal order; a name without <c>*</c> and <c>?</c> as it is.</summary>
    /// <param name="pattern">What <c>data.train</c> names; the folder before the name has neither <c>*</c> nor <c>?</c>.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Data"/>: no file fits, or the pattern is in a folder's name.</exception>
    public static IEnumerable<string> Expand(string pattern)
    {
        var (folder, name) = (Path.GetDirectoryName(pattern) ?? "", Path.GetFileName(pattern));
        if (folder.AsSpan().ContainsAny("*?"))
            throw new AttuneException(ExitCode.Data, $"data.train: {pattern} has * or ? in a folder's name.", "Patterns stand for names of files; name the folders one by one.");
        if (!name.AsSpan().ContainsAny("*?")) return [pattern];
        var place = folder.Length == 0 ? "." : folder;
        var found = Directory.Exists(place) ? Directory.GetFiles(place, name) : [];
        if (found.Length == 0)
            throw new AttuneException(ExitCode.Data, $"data.train: no file fits {pattern} (looked in {Path.GetFullPath(place)}).", "Relative paths count from the current directory.");
        return found.Select(file => folder.Length == 0 ? Path.GetFileName(file) : file).Order(StringComparer.Ordinal);
    }
}
