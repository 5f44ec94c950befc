namespace Attune.Evaluation.Scoring;

/// <summary>Consecutive rows whose tokens fit into one forward pass.</summary>
internal static class TokenGroups
{
    /// <summary>Cuts rows, in order, into groups of at most <paramref name="budget"/> tokens; a longer row stands alone.</summary>
    public static IEnumerable<(int Start, int Count)> Of(IReadOnlyList<int> tokens, int budget)
    {
        var (start, sum) = (0, 0);
        for (var row = 0; row < tokens.Count; row++)
        {
            if (row > start && sum + tokens[row] > budget)
            {
                yield return (start, row - start);
                (start, sum) = (row, 0);
            }

            sum += tokens[row];
        }

        if (tokens.Count > start) yield return (start, tokens.Count - start);
    }
}
