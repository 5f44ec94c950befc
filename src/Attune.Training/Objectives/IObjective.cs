using Attune.Data.Batching;

namespace Attune.Training.Objectives;

/// <summary>Supplies batches and a loss to the training loop, and nothing else.</summary>
public interface IObjective
{
    /// <summary>The rows of an optimizer step, cut into micro-batches.</summary>
    /// <param name="rows">Indices of training examples, in order.</param>
    IReadOnlyList<MicroBatch> MicroBatches(IReadOnlyList<int> rows);

    /// <summary>Forward and backward pass: adds the gradient of <paramref name="weight"/> × the summed loss to the trained tensors.</summary>
    /// <param name="batch">One micro-batch.</param>
    /// <param name="weight">1 ÷ label tokens of the whole effective batch: then accumulation changes nothing.</param>
    /// <returns>The loss summed over the micro-batch's label tokens, not weighted; nats.</returns>
    double Backward(MicroBatch batch, double weight);

    /// <summary>Mean loss over all label tokens of the validation examples, nats; null without any.</summary>
    double? Validate();

    /// <summary>What makes bits per UTF-8 byte of the validation text of its mean loss; null where more than text is predicted.</summary>
    double? BitsPerByteOfLoss => null;
}
