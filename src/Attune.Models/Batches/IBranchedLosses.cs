namespace Attune.Models.Batches;

/// <summary>Cross-entropy of label tokens where samples may share a prefix, without gradients: on the fused path or the plain one.</summary>
public interface IBranchedLosses
{
    /// <summary>The loss of each label, nats.</summary>
    /// <param name="batch">Samples laid end to end.</param>
    /// <param name="positions">Places in the batch whose hidden state predicts a label; one may predict several.</param>
    /// <param name="labels">Their labels, token ids.</param>
    float[] Losses(BranchedBatch batch, int[] positions, int[] labels);
}
