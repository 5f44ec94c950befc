using Attune.Data.Batching;
using Attune.Data.Preparation;
using Attune.Models.Batches;

namespace Attune.Training.Objectives;

/// <summary>Cross-entropy of a micro-batch's labels: the hidden state at t predicts label t + 1.</summary>
internal static class NextTokenLoss
{
    /// <summary>Forward and backward pass.</summary>
    /// <returns>The loss summed over label tokens, not weighted; nats.</returns>
    public static double Backward(ILabelLosses model, MicroBatch batch, double weight)
    {
        var (positions, labels) = Predictions(batch);
        return model.Backward(new PackedBatch(batch.TokenIds, batch.Lengths), positions, labels, weight).Sum(loss => (double)loss);
    }

    /// <summary>The loss of each label token, in the order of the micro-batch; nats.</summary>
    public static float[] Losses(ILabelLosses model, MicroBatch batch)
    {
        var (positions, labels) = Predictions(batch);
        return model.Losses(new PackedBatch(batch.TokenIds, batch.Lengths), positions, labels);
    }

    /// <summary>The first label of a sample never counts.</summary>
    private static (int[] Positions, int[] Labels) Predictions(MicroBatch batch)
    {
        var places = Enumerable.Range(1, Math.Max(0, batch.Labels.Length - 1)).Where(t => batch.Labels[t] != Example.Ignored).ToArray();
        return ([.. places.Select(t => t - 1)], [.. places.Select(t => batch.Labels[t])]);
    }
}
