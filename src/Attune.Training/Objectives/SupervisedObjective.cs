using Attune.Data.Batching;
using Attune.Data.Preparation;
using Attune.Models.Architectures;
using Attune.Models.Batches;
using Attune.Models.Fused;
using static TorchSharp.torch;

namespace Attune.Training.Objectives;

/// <summary>
/// Next-token cross-entropy on label tokens. The samples of a micro-batch lie end to end without padding; only the
/// hidden states that predict a label go through the output layer.
/// </summary>
/// <param name="decoder">The model; what is trained of it has gradients.</param>
/// <param name="train">Training examples.</param>
/// <param name="validation">Validation examples; may be empty.</param>
/// <param name="microBatchTokens">Tokens of a micro-batch at most; a longer example is one by itself.</param>
/// <param name="fused">The model's fast path; null: it has none.</param>
public sealed class SupervisedObjective(
    LlamaDecoder decoder, IReadOnlyList<Example> train, IReadOnlyList<Example> validation, int microBatchTokens, FusedDecoder? fused = null) : IObjective
{
    /// <inheritdoc/>
    public IReadOnlyList<MicroBatch> MicroBatches(IReadOnlyList<int> rows) =>
        MicroBatching.Cut([.. rows.Select(row => train[row])], microBatchTokens);

    /// <inheritdoc/>
    public double Backward(MicroBatch batch, double weight)
    {
        if (fused is not null)
        {
            var (positions, ids) = Predictions(batch);
            return fused.Backward(new PackedBatch(batch.TokenIds, batch.Lengths), positions, ids, weight).Sum(loss => (double)loss);
        }

        using var scope = NewDisposeScope();
        var (states, labels) = PredictingStates(batch);
        var (losses, gradient) = ChunkedCrossEntropy.WithGradient(decoder, states, labels, weight);
        if (states.requires_grad) states.backward([gradient]);
        return losses.Sum(loss => (double)loss);
    }

    /// <inheritdoc/>
    public double? Validate()
    {
        if (validation.Count == 0) return null;
        var (sum, count) = (0.0, 0L);
        foreach (var batch in MicroBatching.Cut(validation, microBatchTokens))
        {
            var losses = TokenLosses(batch);
            sum += losses.Sum(loss => (double)loss);
            count += losses.Length;
        }

        return sum / count;
    }

    /// <summary>The loss of each label token, in the order of the micro-batch; nats.</summary>
    public float[] TokenLosses(MicroBatch batch)
    {
        if (fused is not null)
        {
            var (positions, ids) = Predictions(batch);
            return fused.Losses(new PackedBatch(batch.TokenIds, batch.Lengths), positions, ids);
        }

        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var (states, labels) = PredictingStates(batch);
        return ChunkedCrossEntropy.Losses(decoder, states, labels);
    }

    // [label tokens, hidden] and their labels, [label tokens].
    private (Tensor States, Tensor Labels) PredictingStates(MicroBatch batch)
    {
        var (positions, labels) = Predictions(batch);
        var hidden = decoder.Forward(new PackedBatch(batch.TokenIds, batch.Lengths)); // [tokens, hidden]
        return (
            hidden.index_select(0, tensor(positions.Select(position => (long)position).ToArray())),
            tensor(labels.Select(label => (long)label).ToArray()));
    }

    /// <summary>The hidden state at t predicts label t + 1. The first label of a sample never counts.</summary>
    private static (int[] Positions, int[] Labels) Predictions(MicroBatch batch)
    {
        var places = Enumerable.Range(1, Math.Max(0, batch.Labels.Length - 1)).Where(t => batch.Labels[t] != Example.Ignored).ToArray();
        return ([.. places.Select(t => t - 1)], [.. places.Select(t => batch.Labels[t])]);
    }
}
