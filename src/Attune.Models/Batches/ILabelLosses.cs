namespace Attune.Models.Batches;

/// <summary>Cross-entropy of label tokens under a model, with gradients for what is trained: on the fused path or the plain one.</summary>
public interface ILabelLosses
{
    /// <summary>Forward and backward pass: adds to the gradients of the trained tensors.</summary>
    /// <param name="batch">Samples laid end to end.</param>
    /// <param name="positions">Places in the batch whose hidden state predicts a label.</param>
    /// <param name="labels">Their labels, token ids.</param>
    /// <param name="weight">Factor of the gradient.</param>
    /// <returns>The loss of each label, nats, not weighted.</returns>
    float[] Backward(PackedBatch batch, int[] positions, int[] labels, double weight);

    /// <summary>The loss of each label, nats, without gradients.</summary>
    /// <param name="batch">Samples laid end to end.</param>
    /// <param name="positions">Places in the batch whose hidden state predicts a label.</param>
    /// <param name="labels">Their labels, token ids.</param>
    float[] Losses(PackedBatch batch, int[] positions, int[] labels);
}
