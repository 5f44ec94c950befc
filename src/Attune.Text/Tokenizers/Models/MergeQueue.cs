using System.Buffers;

namespace Attune.Text.Tokenizers.Models;

/// <summary>A binary heap of possible merges, lowest rank first, then leftmost.</summary>
internal ref struct MergeQueue(int capacity)
{
    private ulong[] heap = ArrayPool<ulong>.Shared.Rent(Math.Max(capacity, 1)); // rank in the upper half, position below
    private int count;

    public void Add(int rank, int position)
    {
        if (count == heap.Length) Resize();
        var key = ((ulong)(uint)rank << 32) | (uint)position;
        var at = count++;
        while (at > 0)
        {
            var parent = (at - 1) / 2;
            if (heap[parent] <= key) break;
            heap[at] = heap[parent];
            at = parent;
        }

        heap[at] = key;
    }

    public bool TryTake(out int rank, out int position)
    {
        if (count == 0)
        {
            (rank, position) = (0, 0);
            return false;
        }

        (rank, position) = ((int)(heap[0] >> 32), (int)(uint)heap[0]);
        var last = heap[--count];
        var at = 0;
        for (var child = 1; child < count; child = (2 * at) + 1)
        {
            if (child + 1 < count && heap[child + 1] < heap[child]) child++;
            if (last <= heap[child]) break;
            heap[at] = heap[child];
            at = child;
        }

        heap[at] = last;
        return true;
    }

    public readonly void Dispose() => ArrayPool<ulong>.Shared.Return(heap);

    private void Resize()
    {
        var larger = ArrayPool<ulong>.Shared.Rent(heap.Length * 2);
        heap.AsSpan(0, count).CopyTo(larger);
        ArrayPool<ulong>.Shared.Return(heap);
        heap = larger;
    }
}
