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
    public double Backward(MicroBatch batch, double weight) => NextTokenLoss.Backward(model, batch, weight);

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
    public float[] TokenLosses(MicroBatch batch) => NextTokenLoss.Losses(model, batch);
}
