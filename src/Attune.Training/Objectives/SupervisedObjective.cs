using Attune.Data.Batching;
using Attune.Data.Preparation;
using Attune.Models.Batches;

namespace Attune.Training.Objectives;

/// <summary>
/// Next-token cross-entropy on label tokens. The samples of a micro-batch lie end to end without padding; only the
/// hidden states that predict a label go through the output layer.
/// </summary>
/// <param name="model">Computes losses and gradients.</param>
/// <param name="train">Training examples.</param>
/// <param name="validation">Validation examples; may be empty.</param>
/// <param name="microBatchTokens">Tokens of a micro-batch at most; a longer example is one by itself.</param>
public sealed class SupervisedObjective(
    ILabelLosses model, IReadOnlyList<Example> train, IReadOnlyList<Example> validation, int microBatchTokens) : IObjective
{
    /// <inheritdoc/>
    public IReadOnlyList<MicroBatch> MicroBatches(IReadOnlyList<int> rows) =>
        MicroBatching.Cut([.. rows.Select(row => train[row])], microBatchTokens);

    /// <inheritdoc/>
    public double Backward(MicroBatch batch, double weight)
    {
        var (positions, labels) = Predictions(batch);
        return model.Backward(new PackedBatch(batch.TokenIds, batch.Lengths), positions, labels, weight).Sum(loss => (double)loss);
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
        var (positions, labels) = Predictions(batch);
        return model.Losses(new PackedBatch(batch.TokenIds, batch.Lengths), positions, labels);
    }

    /// <summary>The hidden state at t predicts label t + 1. The first label of a sample never counts.</summary>
    private static (int[] Positions, int[] Labels) Predictions(MicroBatch batch)
    {
        var places = Enumerable.Range(1, Math.Max(0, batch.Labels.Length - 1)).Where(t => batch.Labels[t] != Example.Ignored).ToArray();
        return ([.. places.Select(t => t - 1)], [.. places.Select(t => batch.Labels[t])]);
    }
}
