using Attune.Data.Preparation;

namespace Attune.Data.Batching;

/// <summary>
/// Lays examples into packs of at most so many tokens, best fit decreasing: longest first, each into the pack with the
/// least room that suffices. A pack then counts as one row of a batch; attention still never crosses an example.
/// </summary>
/// <remarks>
/// As TRL's <c>bfd</c> and <c>bfd_split</c> do it: equal lengths stay in order; of packs with equal room the one that
/// reached it first is taken; blocks of 1,000 examples are packed apart, so that no pack mixes distant rows.
/// </remarks>
public static class BestFitPacking
{
    private const int Block = 1000;

    /// <summary>The packs, in the order in which they were opened.</summary>
    /// <param name="examples">Examples; empty ones are left out.</param>
    /// <param name="maximumLength">Tokens of a pack, at least 1.</param>
    /// <param name="split">Whether an over-long example becomes several pieces; otherwise it is cut.</param>
    public static IReadOnlyList<Example[]> Pack(IReadOnlyList<Example> examples, int maximumLength, bool split)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumLength, 1);
        return [.. examples.Chunk(Block).SelectMany(block => PackBlock(block, maximumLength, split))];
    }

    private static IEnumerable<Example[]> PackBlock(Example[] block, int maximumLength, bool split)
    {
        var packs = new List<List<Example>>();
        var rooms = new SortedDictionary<int, Queue<int>>(); // room left → packs that have it, in the order they reached it
        foreach (var piece in block.SelectMany(example => Pieces(example, maximumLength, split)).OrderByDescending(piece => piece.TokenIds.Length))
        {
            var length = piece.TokenIds.Length;
            var (pack, room) = (packs.Count, maximumLength);
            if (rooms.Keys.FirstOrDefault(known => known >= length) is > 0 and var least)
            {
                (pack, room) = (rooms[least].Dequeue(), least);
                if (rooms[least].Count == 0) rooms.Remove(least);
            }
            else
            {
                packs.Add([]);
            }

            packs[pack].Add(piece);
            if (room == length) continue;
            if (!rooms.TryGetValue(room - length, out var queue)) rooms[room - length] = queue = new Queue<int>();
            queue.Enqueue(pack);
        }

        return packs.Select(pack => pack.ToArray());
    }

    private static IEnumerable<Example> Pieces(Example example, int maximumLength, bool split)
    {
        for (var from = 0; from < example.TokenIds.Length; from += maximumLength)
        {
            var to = Math.Min(from + maximumLength, example.TokenIds.Length);
            yield return new Example(example.TokenIds[from..to], example.Labels[from..to], example.Origin, example.Label, split ? to - from : example.Length);
            if (!split) yield break;
        }
    }
}
