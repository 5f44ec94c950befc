namespace Attune.Data.Batching;

/// <summary>Cuts rows into consecutive groups by their tokens, so that the products over a group are large and about equal.</summary>
public static class TokenBudget
{
    /// <summary>
    /// The fewest groups of at most <paramref name="budget"/> tokens, a longer row alone, and of all ways to make so few
    /// the one with the least sum of squared sizes: 2,100 tokens become two groups of about 1,050, not 2,048 and 52.
    /// </summary>
    /// <param name="tokens">Tokens of each row, in order.</param>
    /// <param name="budget">At least 1.</param>
    /// <returns>First row and number of rows of each group; every row is in one, in order.</returns>
    public static IReadOnlyList<(int Start, int Count)> Cut(IReadOnlyList<int> tokens, int budget)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(budget, 1);

        // best[end]: of the first `end` rows. Both parts of the cost are sums over groups, so a best cut ends in a best cut.
        var best = new (int Groups, double Squares, int Start)[tokens.Count + 1];
        for (var end = 1; end <= tokens.Count; end++)
        {
            var sum = 0L;
            best[end].Groups = int.MaxValue;
            for (var start = end - 1; start >= 0; start--)
            {
                sum += tokens[start];
                if (sum > budget && start < end - 1) break;
                var (groups, squares) = (best[start].Groups + 1, best[start].Squares + ((double)sum * sum));
                if (groups < best[end].Groups || (groups == best[end].Groups && squares < best[end].Squares))
                    best[end] = (groups, squares, start);
            }
        }

        var cut = new Stack<(int, int)>();
        for (var end = tokens.Count; end > 0; end = best[end].Start) cut.Push((best[end].Start, end - best[end].Start));
        return [.. cut];
    }
}
