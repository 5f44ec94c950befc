using Attune.Data.Batching;
using Attune.Data.Preparation;
using Attune.Models.Batches;

namespace Attune.Evaluation.Scoring;

/// <summary>How likely a model finds the answers of examples.</summary>
public static class LossScorer
{
    /// <summary>Summed cross-entropy of each example over its label tokens, nats.</summary>
    /// <param name="model">The model, on either path.</param>
    /// <param name="examples">Examples with labels.</param>
    /// <param name="tokensAtOnce">Tokens of a forward pass; one longer example goes alone.</param>
    /// <param name="onRow">Told how many examples are done.</param>
    public static double[] Score(IBranchedLosses model, IReadOnlyList<Example> examples, int tokensAtOnce = 1024, Action<int>? onRow = null)
    {
        var sums = new double[examples.Count];
        foreach (var (start, count) in TokenBudget.Cut([.. examples.Select(example => example.TokenIds.Length)], tokensAtOnce))
        {
            var batch = MicroBatch.Of([.. examples.Skip(start).Take(count)]);
            int[] owner = [.. batch.Lengths.SelectMany((length, sample) => Enumerable.Repeat(start + sample, length))];
            var labelled = Enumerable.Range(1, batch.Labels.Length - 1).Where(t => batch.Labels[t] != Example.Ignored).ToArray();
            var losses = model.Losses(
                BranchedBatch.Of(new PackedBatch(batch.TokenIds, batch.Lengths)), [.. labelled.Select(t => t - 1)], [.. labelled.Select(t => batch.Labels[t])]);
            for (var i = 0; i < labelled.Length; i++) sums[owner[labelled[i]]] += losses[i];
            onRow?.Invoke(start + count);
        }

        return sums;
    }
}
