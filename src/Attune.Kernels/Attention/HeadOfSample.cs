using Attune.Kernels.Memory;

namespace Attune.Kernels.Attention;

/// <summary>What one head sees of one sample.</summary>
/// <param name="Query">[queries, head size].</param>
/// <param name="Key">[length, head size].</param>
/// <param name="Value">[length, head size].</param>
/// <param name="Output">[queries, head size].</param>
/// <param name="Softmax">[queries, 2], fp32: the largest score, and 1 ÷ the sum of exponentials relative to it.</param>
internal readonly record struct HeadOfSample(Matrix Query, Matrix Key, Matrix Value, Matrix Output, Matrix Softmax)
{
    /// <summary>Of a batch.</summary>
    /// <param name="shape">Heads.</param>
    /// <param name="head">Which query head.</param>
    /// <param name="start">First token of the sample.</param>
    /// <param name="length">Its tokens.</param>
    /// <param name="first">First query, from the sample's start.</param>
    /// <param name="queries">Queries.</param>
    /// <param name="query">[tokens, heads × head size]; likewise the others.</param>
    /// <param name="key">[tokens, key/value heads × head size].</param>
    /// <param name="value">[tokens, key/value heads × head size].</param>
    /// <param name="output">[tokens, heads × head size].</param>
    /// <param name="softmax">[tokens, heads × 2].</param>
    public static HeadOfSample Of(
        AttentionShape shape, int head, int start, int length, int first, int queries, Matrix query, Matrix key, Matrix value, Matrix output, Matrix softmax) => new(
        shape.Query(query, head).SliceRows(start + first, queries),
        shape.Shared(key, head).SliceRows(start, length),
        shape.Shared(value, head).SliceRows(start, length),
        shape.Query(output, head).SliceRows(start + first, queries),
        softmax.SliceColumns(2 * head, 2).SliceRows(start + first, queries));
}
