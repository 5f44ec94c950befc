using Attune.Kernels.Memory;
using Attune.Kernels.Products;
using Attune.Kernels.Threads;

namespace Attune.Kernels.Attention;

/// <summary>
/// Causal attention of samples laid end to end, softmax(q kᵀ / √head size) v, in blocks of queries and keys so that scores
/// never leave the cache (Dao et al. 2022, FlashAttention, algorithms 1 and 4). Short samples are one block.
/// </summary>
/// <param name="team">The threads.</param>
/// <param name="kernel">Its type is that of the products; softmax is fp32.</param>
/// <param name="shape">Heads.</param>
public sealed unsafe class CausalAttention(Team team, ProductKernel kernel, AttentionShape shape) : IDisposable
{
    internal const int Queries = 64, Keys = 240, QueriesOfTask = 512;   // of a block; of a task in the forward pass

    private readonly MatrixMemory _scratch = new(ScratchBytes(kernel, shape), ElementType.BFloat16);

    /// <summary>Computes the output.</summary>
    /// <param name="lengths">Tokens of each sample.</param>
    /// <param name="prefixes">For each sample the earlier one that it continues: its queries see all keys of that one, and of what that one continues, before their own. −1: none.</param>
    /// <param name="query">[tokens, heads × head size], fp32 or, with either kernel, bf16.</param>
    /// <param name="key">[tokens, key/value heads × head size].</param>
    /// <param name="value">[tokens, key/value heads × head size].</param>
    /// <param name="output">[tokens, heads × head size] in the kernel's type.</param>
    /// <param name="softmax">
    /// [tokens, heads × 2], fp32, for the backward pass: the largest score of each softmax and 1 ÷ the sum of exponentials relative
    /// to it. Their logarithm in one number, as the paper has it, would lose the digits of a large score.
    /// </param>
    public void Forward(IReadOnlyList<int> lengths, IReadOnlyList<int> prefixes, Matrix query, Matrix key, Matrix value, Matrix output, Matrix softmax)
    {
        (QueryRange Range, int Head)[] tasks = [
            .. from range in QueryRange.Of(lengths, prefixes, QueriesOfTask)
               orderby range.Work descending   // the longest first, so that no thread ends with one
               from head in Enumerable.Range(0, shape.Heads)
               select (range, head)];
        var scratch = _scratch.Of(team.Threads);
        team.Run(tasks.Length, (task, worker) =>
        {
            var (range, head) = tasks[task];
            var part = new ForwardPart(
                kernel, shape.Scale, range.Keys, HeadOfSample.Of(shape, head, 0, key.Rows, range.Start, range.Count, query, key, value, output, softmax));
            part.Run(new AttentionScratch(scratch.Row(worker), kernel));
        }, KernelKind.Attention);
    }

    /// <summary>Computes the gradients of samples that continue no other.</summary>
    /// <param name="lengths">Tokens of each sample.</param>
    /// <param name="query">As in the forward pass.</param>
    /// <param name="key">As in the forward pass.</param>
    /// <param name="value">As in the forward pass.</param>
    /// <param name="output">What the forward pass gave.</param>
    /// <param name="softmax">What the forward pass gave.</param>
    /// <param name="gradient">Of the output, [tokens, heads × head size] in the kernel's type.</param>
    /// <param name="queryGradient">[tokens, heads × head size], fp32.</param>
    /// <param name="keyGradients">[tokens, heads × head size], fp32: of the key as each query head uses it, to be summed over the heads that share it.</param>
    /// <param name="valueGradients">[tokens, heads × head size], fp32, likewise.</param>
    public void Backward(
        IReadOnlyList<int> lengths, Matrix query, Matrix key, Matrix value, Matrix output, Matrix softmax, Matrix gradient,
        Matrix queryGradient, Matrix keyGradients, Matrix valueGradients)
    {
        var tasks = (
            from sample in Samples(lengths)
            from head in Enumerable.Range(0, shape.Heads)
            orderby sample.Length descending
            select (sample.Start, sample.Length, Head: head)).ToArray();
        var scratch = _scratch.Of(team.Threads);
        team.Run(tasks.Length, (task, worker) =>
        {
            var (start, length, head) = tasks[task];
            var part = new BackwardPart(kernel, shape.Scale, HeadOfSample.Of(shape, head, start, length, 0, length, query, key, value, output, softmax))
            {
                Gradient = Own(gradient), QueryGradient = Own(queryGradient), KeyGradient = Own(keyGradients), ValueGradient = Own(valueGradients),
            };
            part.Run(new AttentionScratch(scratch.Row(worker), kernel));

            Matrix Own(Matrix all) => shape.Query(all, head).SliceRows(start, length);
        }, KernelKind.Attention);
    }

    /// <inheritdoc/>
    public void Dispose() => _scratch.Dispose();

    private static IEnumerable<(int Start, int Length)> Samples(IReadOnlyList<int> lengths)
    {
        var start = 0;
        foreach (var length in lengths)
        {
            yield return (start, length);
            start += length;
        }
    }

    private static int ScratchBytes(ProductKernel kernel, AttentionShape shape) => checked((int)Math.Max(
        ForwardPart.ScratchBytes(kernel, shape.HeadSize), BackwardPart.ScratchBytes(kernel, shape.HeadSize)));
}
