namespace Attune.Models.Batches;

/// <summary>
/// Samples laid end to end, without padding: attention never crosses a sample, positions restart with each
/// (or go on after what the key-value cache holds of it).
/// </summary>
/// <param name="TokenIds">Token ids of all samples, length = sum of <paramref name="Lengths"/>.</param>
/// <param name="Lengths">Tokens of each sample, each at least 1.</param>
public sealed record PackedBatch(int[] TokenIds, int[] Lengths)
{
    /// <summary>Lays token rows end to end.</summary>
    public static PackedBatch Of(params IReadOnlyList<int[]> rows) =>
        new([.. rows.SelectMany(row => row)], [.. rows.Select(row => row.Length)]);

    /// <summary>Token ids of one sample.</summary>
    public int[] TokensOf(int sample) => TokenIds.AsSpan(Lengths.Take(sample).Sum(), Lengths[sample]).ToArray();
}
