using Attune.Data.Formats;

namespace Attune.Data.Selection;

/// <summary>
/// An order of rows of which every prefix has the labels in their proportions, within about one row a label. Prefixes
/// are nested by nature, so a smaller limit's rows are a subset of a larger one's.
/// </summary>
public static class StratifiedOrder
{
    /// <summary>Indices of all rows in that order, the same for the same rows and seed.</summary>
    /// <remarks>
    /// Rows of a label are shuffled; the k-th (from 0) of n gets the place (k + ½) / n, and rows are sorted by place,
    /// ties by label. Rows without labels are one group: a plain shuffle.
    /// </remarks>
    public static int[] Of(IReadOnlyList<DataRow> rows, long seed)
    {
        var random = new SeededRandom(seed);
        var placed = new List<(double Place, int Group, int Row)>(rows.Count);
        var group = 0;
        foreach (var members in Enumerable.Range(0, rows.Count).GroupBy(i => rows[i].Label ?? "").OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var shuffled = members.ToArray();
            random.Shuffle<int>(shuffled);
            for (var k = 0; k < shuffled.Length; k++) placed.Add(((k + 0.5) / shuffled.Length, group, shuffled[k]));
            group++;
        }

        placed.Sort();
        return [.. placed.Select(row => row.Row)];
    }

    /// <summary>At most <paramref name="limit"/> rows, in their own order; null takes all.</summary>
    public static IReadOnlyList<DataRow> Take(IReadOnlyList<DataRow> rows, int? limit, long seed) =>
        limit is not { } n || n >= rows.Count ? rows : Pick(rows, Of(rows, seed).AsSpan(0, n));

    /// <summary>The rows of these indices, in the rows' own order.</summary>
    internal static IReadOnlyList<DataRow> Pick(IReadOnlyList<DataRow> rows, ReadOnlySpan<int> indices)
    {
        var sorted = indices.ToArray();
        Array.Sort(sorted);
        return [.. sorted.Select(i => rows[i])];
    }
}
