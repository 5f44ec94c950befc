namespace Attune.Data.Preview;

/// <summary>How long examples are, in tokens.</summary>
/// <param name="Minimum">The shortest.</param>
/// <param name="Mean">The mean.</param>
/// <param name="Median">Half are at most this long (nearest rank, like the others).</param>
/// <param name="P90">90 % are at most this long.</param>
/// <param name="P99">99 % are at most this long.</param>
/// <param name="Maximum">The longest.</param>
/// <param name="Histogram">Ten bins of equal width, the last one closed; fewer where lengths differ by less.</param>
public sealed record LengthStatistics(
    int Minimum, double Mean, int Median, int P90, int P99, int Maximum, IReadOnlyList<HistogramBin> Histogram)
{
    private const int Bins = 10;

    /// <summary>Statistics of at least one length.</summary>
    public static LengthStatistics Of(IEnumerable<int> lengths)
    {
        var sorted = lengths.Order().ToArray();
        var (minimum, maximum) = (sorted[0], sorted[^1]);
        var width = ((maximum - minimum) / Bins) + 1;
        var bins = Enumerable.Range(0, ((maximum - minimum) / width) + 1)
            .Select(i => minimum + (i * width))
            .Select(from => new HistogramBin(from, Math.Min(from + width - 1, maximum), sorted.Count(length => length >= from && length < from + width)));
        return new LengthStatistics(
            minimum, sorted.Average(), Percentile(sorted, 50), Percentile(sorted, 90), Percentile(sorted, 99), maximum, [.. bins]);
    }

    private static int Percentile(int[] sorted, int percent) => sorted[(int)((((long)sorted.Length * percent) + 99) / 100) - 1];
}

/// <summary>Examples of <paramref name="From"/> to <paramref name="To"/> tokens, both included.</summary>
public sealed record HistogramBin(int From, int To, int Count);
