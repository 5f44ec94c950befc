using System.Text;
using Attune.Data.Sources;

namespace Attune.Data.Corpus;

/// <summary>Reads the documents of one file as they are asked for; never the whole file.</summary>
public static class DocumentFile
{
    /// <summary>A text file's document ends at the first empty line from here on. UTF-16 units.</summary>
    public const int LongDocument = 1 << 20;

    /// <summary>Its documents in order, empty ones too.</summary>
    /// <param name="path">A .jsonl, .txt or .md file, or one of them with .gz.</param>
    /// <param name="options">Which keys of a line hold text and source; sources must be given where some are excluded.</param>
    /// <param name="bad">Is told of malformed lines.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Data"/>: unreadable; or a malformed line that stops the run.</exception>
    public static IEnumerable<Document> Read(string path, CorpusOptions options, BadRowLog bad) =>
        DataFile.Extension(path) == ".jsonl" ? OfLines(path, options, bad) : OfText(path, bad);

    private static IEnumerable<Document> OfLines(string path, CorpusOptions options, BadRowLog bad)
    {
        foreach (var (origin, fields) in JsonRows.Lines(path, bad))
        {
            var source = JsonValues.AsLabel(fields[options.SourceColumn]);
            if (JsonValues.AsString(fields[options.TextColumn]) is not { } text)
                bad.Report(origin, $"there is no text under '{options.TextColumn}'; the line has {string.Join(", ", fields.Select(field => field.Key).Take(10))}");
            else if (source is null && options.Exclude.Count > 0)
                bad.Report(origin, $"there is no source under '{options.SourceColumn}' (data.source_column), which data.exclude needs");
            else
                yield return new Document(text, source, origin);
        }
    }

    private static IEnumerable<Document> OfText(string path, BadRowLog bad)
    {
        var source = Path.GetFileName(path);
        var text = new StringBuilder();
        using var lines = new LineReader(path);
        var origin = new RowOrigin(path, 1);
        while (lines.Read(out var line))
        {
            if (lines.Problem is { } problem)
            {
                bad.Report(lines.Origin, problem);
                continue;
            }

            text.Append(line.AsSpan().TrimEnd('\r')).Append('\n');
            if (text.Length < LongDocument || !string.IsNullOrWhiteSpace(line)) continue;
            yield return Take();
            origin = new RowOrigin(path, lines.LineNumber + 1);
        }

        if (text.Length > 0) yield return Take();

        Document Take()
        {
            var document = new Document(text.ToString().TrimEnd('\n'), source, origin);
            text.Clear();
            return document;
        }
    }
}
