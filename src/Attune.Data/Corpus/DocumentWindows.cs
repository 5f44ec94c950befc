namespace Attune.Data.Corpus;

/// <summary>
/// Documents cut into windows that overlap, so that every token but the first of a document is predicted exactly once: in a
/// window after the first, those that the window before it did not hold.
/// </summary>
public static class DocumentWindows
{
    /// <summary>The windows of all documents, in order: each but a document's first begins with the last token of the one before.</summary>
    /// <param name="file">The documents.</param>
    /// <param name="windowTokens">Tokens of a window at most, at least 2.</param>
    public static IEnumerable<int[]> Of(TokenFile file, int windowTokens)
    {
        for (var document = 0; document < file.Documents; document++)
        {
            foreach (var (start, count) in Cut(file.LengthOf(document), windowTokens, windowTokens - 1))
                yield return file.Read(file.StartOf(document) + start, count);
        }
    }

    /// <summary>First token and number of tokens of each window of a document.</summary>
    /// <param name="tokens">Tokens of the document.</param>
    /// <param name="windowTokens">Tokens of a window at most, at least 2.</param>
    /// <param name="stride">Tokens from one window's beginning to the next one's, 1 … <paramref name="windowTokens"/> − 1.</param>
    public static IEnumerable<(long Start, int Count)> Cut(long tokens, int windowTokens, int stride)
    {
        for (var start = 0L; ; start += stride)
        {
            var count = (int)Math.Min(windowTokens, tokens - start);
            yield return (start, count);
            if (start + count == tokens) yield break;
        }
    }

    /// <summary>How many windows all documents have.</summary>
    /// <param name="file">The documents.</param>
    /// <param name="windowTokens">Tokens of a window at most, at least 2.</param>
    public static int Count(TokenFile file, int windowTokens) =>
        Enumerable.Range(0, file.Documents).Sum(document => CountOf(file.LengthOf(document), windowTokens));

    /// <summary>How many windows a document of so many tokens has.</summary>
    public static int CountOf(long tokens, int windowTokens) => checked((int)Math.Max(1, ((tokens - 2) / (windowTokens - 1)) + 1));
}
