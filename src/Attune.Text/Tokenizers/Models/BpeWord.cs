using System.Buffers;

namespace Attune.Text.Tokenizers.Models;

/// <summary>
/// One piece as a list of symbols that merges shorten: always the pair of lowest rank, the leftmost of equals
/// (Sennrich et al. 2016, algorithm 1).
/// </summary>
internal ref struct BpeWord(int capacity)
{
    private Symbol[] symbols = ArrayPool<Symbol>.Shared.Rent(Math.Max(capacity, 1));

    /// <summary>Symbols that were added; those merged into their left neighbour stay with 0 units.</summary>
    public int Count { get; private set; }

    /// <summary>The id and length of a symbol; 0 units: merged away.</summary>
    public readonly (int Id, int Units) this[int index] => (symbols[index].Id, symbols[index].Units);

    public void Add(int id, int units)
    {
        if (Count == symbols.Length) Resize();
        symbols[Count] = new Symbol { Id = id, Units = units, Previous = Count - 1, Next = Count + 1 };
        Count++;
    }

    public readonly void Merge(MergeTable merges)
    {
        if (Count < 2) return;
        symbols[Count - 1].Next = -1;
        var queue = new MergeQueue(Count * 2);
        for (var i = 0; i + 1 < Count; i++) Offer(merges, ref queue, i, i + 1);
        while (queue.TryTake(out var rank, out var at))
        {
            ref var left = ref symbols[at];
            if (left.Units == 0 || left.Next < 0) continue;
            var product = merges.Product(rank);
            ref var right = ref symbols[left.Next];
            var current = merges.Rank(left.Id, right.Id);
            // An outdated entry counts as long as it would give the same token: so does the reference.
            if (current < 0 || merges.Product(current) != product) continue;
            left.Id = product;
            left.Units += right.Units;
            right.Units = 0;
            left.Next = right.Next;
            if (left.Next >= 0) symbols[left.Next].Previous = at;
            if (left.Previous >= 0) Offer(merges, ref queue, left.Previous, at);
            if (left.Next >= 0) Offer(merges, ref queue, at, left.Next);
        }

        queue.Dispose();
    }

    public readonly void Dispose() => ArrayPool<Symbol>.Shared.Return(symbols);

    private readonly void Offer(MergeTable merges, ref MergeQueue queue, int left, int right)
    {
        var rank = merges.Rank(symbols[left].Id, symbols[right].Id);
        if (rank >= 0) queue.Add(rank, left);
    }

    private void Resize()
    {
        var larger = ArrayPool<Symbol>.Shared.Rent(symbols.Length * 2);
        symbols.AsSpan(0, Count).CopyTo(larger);
        ArrayPool<Symbol>.Shared.Return(symbols);
        symbols = larger;
    }

    private struct Symbol
    {
        public int Id;
        public int Units;
        public int Previous;
        public int Next;
    }
}
