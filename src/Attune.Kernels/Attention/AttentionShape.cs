using Attune.Kernels.Memory;

namespace Attune.Kernels.Attention;

/// <summary>Heads of an attention layer.</summary>
/// <param name="Heads">Query heads.</param>
/// <param name="KeyValueHeads">Heads of keys and values; query heads that share one lie together.</param>
/// <param name="HeadSize">Numbers of a head, even.</param>
public readonly record struct AttentionShape(int Heads, int KeyValueHeads, int HeadSize)
{
    /// <summary>1 / √head size.</summary>
    public float Scale => (float)(1 / Math.Sqrt(HeadSize));

    /// <summary>The columns of a query head.</summary>
    public Matrix Query(Matrix queries, int head) => queries.SliceColumns(head * HeadSize, HeadSize);

    /// <summary>The columns of the key or value head that a query head uses.</summary>
    public Matrix Shared(Matrix keysOrValues, int head) => keysOrValues.SliceColumns(head / (Heads / KeyValueHeads) * HeadSize, HeadSize);
}
