using System.Text;
using Attune.Data.Sources;

namespace Attune.Data.Corpus;

/// <summary>Streams the documents of files that are to be learned, and counts what it passes and what it leaves out.</summary>
/// <param name="files">The files, in order.</param>
/// <param name="options">How they are read, and which sources are left out.</param>
/// <param name="hint">What to do about a malformed line that stops the run.</param>
public sealed class DocumentReader(IReadOnlyList<string> files, CorpusOptions options, string hint = DocumentReader.UsualHint)
{
    private const string UsualHint = "Correct the line, name the key that holds the text with data.text_column, or leave such lines out with data.bad_rows: skip (they are counted).";

    private readonly BadRowLog _bad = new(options.BadRows, hint);
    private readonly SortedDictionary<string, int> _excluded = new(options.Exclude.ToDictionary(source => source, _ => 0), StringComparer.Ordinal);

    /// <summary>Documents passed on so far.</summary>
    public int Documents { get; private set; }

    /// <summary>Bytes of their texts in UTF-8.</summary>
    public long Bytes { get; private set; }

    /// <summary>Documents without text, which are left out.</summary>
    public int Empty { get; private set; }

    /// <summary>How many documents of each excluded source were left out.</summary>
    public IReadOnlyDictionary<string, int> Excluded => _excluded;

    /// <summary>Malformed lines that were left out.</summary>
    public IReadOnlyList<BadRow> BadRows => _bad.Rows;

    /// <summary>Reads all files, once.</summary>
    /// <exception cref="AttuneException">
    /// <see cref="ExitCode.Data"/>: as <see cref="DocumentFile.Read"/>; at the end: there is no document, or an excluded source did not occur.
    /// </exception>
    public IEnumerable<Document> Read()
    {
        foreach (var document in files.SelectMany(file => DocumentFile.Read(file, options, _bad)))
        {
            if (document.Source is { } source && _excluded.TryGetValue(source, out var count))
            {
                _excluded[source] = count + 1;
            }
            else if (string.IsNullOrWhiteSpace(document.Text))
            {
                Empty++;
            }
            else
            {
                Documents++;
                Bytes += Encoding.UTF8.GetByteCount(document.Text);
                yield return document;
            }
        }

        if (Documents == 0)
            throw new AttuneException(ExitCode.Data, $"{files[0]}{(files.Count > 1 ? $" and {files.Count - 1} other files hold" : " holds")} no document with text.");
        var unmet = _excluded.Where(pair => pair.Value == 0).Select(pair => pair.Key).FirstOrDefault();
        if (unmet is not null)
        {
            throw new AttuneException(ExitCode.Data, $"data.exclude names '{unmet}', and no document has this source under '{options.SourceColumn}'.",
                "A misspelt source would not be left out: correct it or take it out of the list.");
        }
    }
}
