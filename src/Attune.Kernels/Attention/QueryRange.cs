namespace Attune.Kernels.Attention;

/// <summary>
/// Consecutive queries that a thread takes at once, and the keys they see: a sample or a part of it; or several samples that
/// continue the same one, so that its keys are laid out once for all of them.
/// </summary>
/// <param name="Start">The first query's place in the batch.</param>
/// <param name="Count">How many.</param>
/// <param name="Keys">What they see, in the order in which it is summed; the first ones are seen by all queries.</param>
internal sealed record QueryRange(int Start, int Count, IReadOnlyList<KeyRange> Keys)
{
    /// <summary>Products of a query and a key, masked ones included.</summary>
    public long Work => Keys.Sum(keys => (long)keys.Queries * keys.Count);

    /// <summary>All queries of a batch.</summary>
    /// <param name="lengths">Tokens of each sample.</param>
    /// <param name="prefixes">For each sample the earlier one that it continues, −1 where there is none.</param>
    /// <param name="most">Queries of a range at most.</param>
    public static IReadOnlyList<QueryRange> Of(IReadOnlyList<int> lengths, IReadOnlyList<int> prefixes, int most)
    {
        var starts = new int[lengths.Count + 1];
        for (var sample = 0; sample < lengths.Count; sample++) starts[sample + 1] = starts[sample] + lengths[sample];

        var ranges = new List<QueryRange>();
        for (int sample = 0, end; sample < lengths.Count; sample = end)
        {
            var prefix = prefixes[sample];
            end = sample + 1;
            while (prefix >= 0 && end < lengths.Count && prefixes[end] == prefix) end++;
            for (var first = starts[sample]; first < starts[end]; first += most)
            {
                var count = Math.Min(most, starts[end] - first);
                var keys = new List<KeyRange>();
                for (var before = prefix; before >= 0; before = prefixes[before])
                    keys.Insert(0, new KeyRange(starts[before], lengths[before], 0, count, lengths[before]));
                for (var own = sample; own < end; own++)
                {
                    var (from, to) = (Math.Max(first, starts[own]), Math.Min(first + count, starts[own + 1]));
                    if (from < to) keys.Add(new KeyRange(starts[own], to - starts[own], from - first, to - from, from - starts[own]));
                }

                ranges.Add(new QueryRange(first, count, keys));
            }
        }

        return ranges;
    }
}

/// <summary>Consecutive keys, and the queries of a <see cref="QueryRange"/> that see them: each those before it and itself.</summary>
/// <param name="Start">The first key's place in the batch.</param>
/// <param name="Count">Keys that the last of the queries sees.</param>
/// <param name="FirstQuery">First query that sees any, from the range's start.</param>
/// <param name="Queries">How many see any.</param>
/// <param name="Place">The first query's own place among the keys; <paramref name="Count"/>: all keys lie before it, it and the others see them all.</param>
internal readonly record struct KeyRange(int Start, int Count, int FirstQuery, int Queries, int Place);
