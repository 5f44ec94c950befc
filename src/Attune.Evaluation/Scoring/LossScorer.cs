using Attune.Data.Batching;
using Attune.Data.Preparation;
using Attune.Models.Architectures;
using Attune.Models.Batches;
using static TorchSharp.torch;

namespace Attune.Evaluation.Scoring;

/// <summary>How likely a model finds the answers of examples.</summary>
public static class LossScorer
{
    /// <summary>Summed cross-entropy of each example over its label tokens, nats.</summary>
    /// <param name="decoder">The model.</param>
    /// <param name="examples">Examples with labels.</param>
    /// <param name="tokensAtOnce">Tokens of a forward pass; one longer example goes alone.</param>
    /// <param name="onRow">Told how many examples are done.</param>
    public static double[] Score(LlamaDecoder decoder, IReadOnlyList<Example> examples, int tokensAtOnce = 1024, Action<int>? onRow = null)
    {
        var sums = new double[examples.Count];
        using var noGradients = no_grad();
        foreach (var (start, count) in TokenBudget.Cut([.. examples.Select(example => example.TokenIds.Length)], tokensAtOnce))
        {
            using var scope = NewDisposeScope();
            var batch = MicroBatch.Of([.. examples.Skip(start).Take(count)]);
            var hidden = decoder.Forward(new PackedBatch(batch.TokenIds, batch.Lengths));
            int[] owner = [.. batch.Lengths.SelectMany((length, sample) => Enumerable.Repeat(start + sample, length))];
            var labelled = Enumerable.Range(1, batch.Labels.Length - 1).Where(t => batch.Labels[t] != Example.Ignored).ToArray();
            var found = LabelLogProbabilities.Of(
                decoder, hidden, [.. labelled.Select(t => t - 1L)], [.. labelled.Select(t => (long)batch.Labels[t])]);
            for (var i = 0; i < labelled.Length; i++) sums[owner[labelled[i]]] -= found[i];
            onRow?.Invoke(start + count);
        }

        return sums;
    }
}
