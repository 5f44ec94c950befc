namespace Attune.Data.Corpus;

/// <summary>
/// Documents cut for validation: each window but a document's first begins with the last token of the one before, so that
/// every token but the first of a document is predicted exactly once.
/// </summary>
public static class DocumentWindows
{
    /// <summary>The windows of all documents, in order.</summary>
    /// <param name="file">The documents.</param>
    /// <param name="windowTokens">Tokens of a window at most, at least 2.</param>
    public static IEnumerable<int[]> Of(TokenFile file, int windowTokens)
    {
        for (var document = 0; document < file.Documents; document++)
        {
            var (start, end) = (file.StartOf(document), file.StartOf(document) + file.LengthOf(document));
            while (true)
            {
                var count = (int)Math.Min(windowTokens, end - start);
                yield return file.Read(start, count);
                if (start + count == end) break;
                start += count - 1;
            }
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
