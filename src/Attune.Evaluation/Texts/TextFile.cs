using System.Text;
using Attune.Data.Corpus;
using Attune.Data.Sources;

namespace Attune.Evaluation.Texts;

/// <summary>The documents of a file that is measured on: exactly as they are there, for every byte counts.</summary>
public static class TextFile
{
    private static readonly string[] Whole = [".txt", ".md"];

    /// <summary>Reads them.</summary>
    /// <param name="path">.txt or .md: one document, the whole file; .jsonl: one a line; each also with .gz.</param>
    /// <param name="sourceColumn">The key of a .jsonl line that says where the text comes from.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Data"/>: missing, of another kind, malformed, or without text.</exception>
    public static IReadOnlyList<Document> Read(string path, string sourceColumn = "source")
    {
        if (!File.Exists(path))
            throw new AttuneException(ExitCode.Data, $"The text {path} is not there (looked in {Path.GetDirectoryName(Path.GetFullPath(path))}).", "Relative paths count from the current directory.");
        var kind = DataFile.Extension(path);
        if (kind == ".jsonl") return [.. new DocumentReader([path], new CorpusOptions { SourceColumn = sourceColumn }, "Correct the line: each is a JSON object with the document under 'text'.").Read()];
        if (!Whole.Contains(kind))
            throw new AttuneException(ExitCode.Data, $"{path}: files of kind '{kind}' hold no text to measure on; known are .txt, .md and .jsonl, each also with .gz.");
        var text = ReadWhole(path);
        if (string.IsNullOrWhiteSpace(text)) throw new AttuneException(ExitCode.Data, $"{path} holds no text.");
        return [new Document(text, Path.GetFileName(path), new RowOrigin(path, 1))];
    }

    private static string ReadWhole(string path)
    {
        using var stream = DataFile.Open(path);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
        }
        catch (DecoderFallbackException exception)
        {
            throw new AttuneException(ExitCode.Data, $"{path} is not UTF-8 at byte {exception.Index + 1:N0}.", "Convert it to UTF-8.", exception);
        }
    }
}
