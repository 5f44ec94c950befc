using Attune.Data.Preparation;

namespace Attune.Data.Batching;

/// <summary>
/// Examples laid end to end, without padding: sample k has <c>Lengths[k]</c> tokens, positions restart with each and
/// attention never crosses from one to the next.
/// </summary>
/// <param name="TokenIds">Ids of all samples, length = sum of <paramref name="Lengths"/>.</param>
/// <param name="Labels">Their labels; the first of every sample is −100, since nothing before it belongs to the sample.</param>
/// <param name="Lengths">Tokens of each sample.</param>
public sealed record MicroBatch(int[] TokenIds, int[] Labels, int[] Lengths)
{
    /// <summary>Labels that count.</summary>
    public int LabelTokens { get; } = Labels.Length - Labels.AsSpan().Count(Example.Ignored);

    /// <summary>Lays examples end to end.</summary>
    public static MicroBatch Of(IReadOnlyList<Example> examples)
    {
        var lengths = examples.Select(example => example.TokenIds.Length).ToArray();
        var (ids, labels) = (new int[lengths.Sum()], new int[lengths.Sum()]);
        var at = 0;
        foreach (var example in examples)
        {
            example.TokenIds.CopyTo(ids, at);
            example.Labels.CopyTo(labels, at);
            labels[at] = Example.Ignored;
            at += example.TokenIds.Length;
        }

        return new MicroBatch(ids, labels, lengths);
    }
}

/// <summary>Cuts the rows of an optimizer step into micro-batches.</summary>
public static class MicroBatching
{
    /// <summary>Consecutive groups of <paramref name="batchSize"/> rows; the last may be smaller.</summary>
    public static IReadOnlyList<MicroBatch> Cut(IReadOnlyList<Example> examples, int batchSize) =>
        [.. examples.Chunk(batchSize).Select(MicroBatch.Of)];

    /// <summary>The micro-batches of a step of an order.</summary>
    /// <param name="examples">All training examples.</param>
    /// <param name="order">Their order.</param>
    /// <param name="step">1 … <see cref="DataOrder.TotalSteps"/>.</param>
    /// <param name="batchSize">Rows of a micro-batch.</param>
    public static IReadOnlyList<MicroBatch> OfStep(IReadOnlyList<Example> examples, DataOrder order, int step, int batchSize) =>
        Cut([.. order.RowsOfStep(step).Select(row => examples[row])], batchSize);
}
