using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Attune.Text.Tokenizers.Training;

/// <summary>How often each pair of neighbouring tokens occurs and in which words, and which pair is to be merged next.</summary>
/// <remarks>
/// A pair comes up at once wherever it ever does: with the characters, or with the merge that gives the later of its two
/// tokens, for all words. From then on its count only falls. The queue is not told of that; a count that has fallen is put
/// right when it comes up.
/// </remarks>
internal sealed class PairCounts
{
    private readonly Dictionary<ulong, Pair> pairs = [];
    private readonly PriorityQueue<ulong, UInt128> queue = new(); // the largest count first, then the lowest ids
    private readonly List<ulong> formed = []; // since the last Settle

    /// <summary>A pair has come up in a word; word by word, and for the last time before <see cref="Settle"/>.</summary>
    public void Form(int left, int right, int word, long count)
    {
        ref var pair = ref CollectionsMarshal.GetValueRefOrAddDefault(pairs, Key(left, right), out var exists);
        if (!exists)
        {
            pair.Words = [];
            formed.Add(Key(left, right));
        }

        pair.Count += count;
        if (pair.Words is [] || pair.Words[^1] != word) pair.Words.Add(word);
    }

    /// <summary>A pair has gone from a word. One that is being merged, or was never counted, is not here.</summary>
    public void Lose(int left, int right, long count)
    {
        ref var pair = ref CollectionsMarshal.GetValueRefOrNullRef(pairs, Key(left, right));
        if (!Unsafe.IsNullRef(ref pair)) pair.Count -= count;
    }

    /// <summary>Queues the pairs that have come up.</summary>
    public void Settle()
    {
        foreach (var key in formed) Queue(key, pairs[key].Count);
        formed.Clear();
    }

    /// <summary>
    /// Takes the most frequent pair out, of equals the one with the lowest left, then the lowest right id, and the words
    /// that it is in or was in.
    /// </summary>
    /// <returns>False where no pair occurs that often.</returns>
    public bool TryTake(long minimum, out int left, out int right, out IReadOnlyList<int> words)
    {
        while (queue.TryDequeue(out var key, out var priority))
        {
            var pair = pairs[key];
            if (pair.Count < CountOf(priority))
            {
                Queue(key, pair.Count);
                continue;
            }

            if (pair.Count < minimum) break;
            pairs.Remove(key);
            (left, right, words) = ((int)(key >> 32), (int)(uint)key, pair.Words);
            return true;
        }

        (left, right, words) = (0, 0, []);
        return false;
    }

    private void Queue(ulong key, long count)
    {
        if (count > 0) queue.Enqueue(key, new UInt128(~(ulong)count, key));
        else pairs.Remove(key);
    }

    private static long CountOf(UInt128 priority) => (long)~(ulong)(priority >> 64);

    private static ulong Key(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    private struct Pair
    {
        public long Count;
        public List<int> Words; // each once
    }
}
