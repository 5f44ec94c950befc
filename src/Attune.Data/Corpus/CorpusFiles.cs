using Attune.Data.Sources;

namespace Attune.Data.Corpus;

/// <summary>Finds the files that a recipe's <c>data:</c> section names.</summary>
public static class CorpusFiles
{
    private static readonly string[] Extensions = [".jsonl", ".txt", ".md"];

    /// <summary>The training files: in the order in which they are named, those of a pattern by name, each once.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Data"/>: one is missing or of another kind, a pattern fits none, or the validation file is among them.</exception>
    public static IReadOnlyList<string> Find(CorpusOptions options)
    {
        var files = options.Train.SelectMany(FilePattern.Expand).DistinctBy(Path.GetFullPath).ToArray();
        foreach (var file in options.Validation is { } validation ? files.Append(validation) : files) Check(file);
        if (options.Validation is { } kept && files.FirstOrDefault(file => Path.GetFullPath(file) == Path.GetFullPath(kept)) is { } both)
        {
            throw new AttuneException(ExitCode.Data, $"{both} is the validation file and among those of data.train: what is learned by heart would count as understood.",
                "Name the training files, or narrow the pattern that takes it in.");
        }

        return files;
    }

    private static void Check(string file)
    {
        if (Directory.Exists(file))
            throw new AttuneException(ExitCode.Data, $"{file} is a folder; expected a file.", $"Write a pattern: {Path.Combine(file, "*.txt")}");
        if (!File.Exists(file))
            throw new AttuneException(ExitCode.Data, $"Data file {file} is not there (looked in {Path.GetDirectoryName(Path.GetFullPath(file))}).", "Relative paths count from the current directory. Pass another file or pattern with --data.");
        if (!Extensions.Contains(DataFile.Extension(file)))
            throw new AttuneException(ExitCode.Data, $"{file}: files of kind '{DataFile.Extension(file)}' hold no documents; known are {string.Join(", ", Extensions)}, each also with .gz.");
    }
}
