using Attune.Data.Batching;
using Attune.Data.Preparation;

namespace Attune.Training.Running;

/// <summary>How large the micro-batches of a run come out.</summary>
internal static class BatchSizes
{
    /// <summary>Tokens of the largest micro-batch of any step.</summary>
    public static int LargestMicroBatch(IReadOnlyList<Example> examples, DataOrder order, int totalSteps, int batchSize) =>
        Enumerable.Range(1, totalSteps)
            .SelectMany(step => order.RowsOfStep(step).Chunk(batchSize))
            .Max(rows => rows.Sum(row => examples[row].TokenIds.Length));
}
