using Attune.Models.Architectures;
using Attune.Models.Batches;
using static TorchSharp.torch;

namespace Attune.Training.Objectives;

/// <summary>The plain path: the decoder's own forward pass and torch's autograd. It works for every model and method.</summary>
/// <param name="decoder">The model; what is trained of it has gradients.</param>
public sealed class PlainLosses(LlamaDecoder decoder) : ILabelLosses
{
    /// <inheritdoc/>
    public float[] Backward(PackedBatch batch, int[] positions, int[] labels, double weight)
    {
        using var scope = NewDisposeScope();
        var states = PredictingStates(batch, positions);
        var (losses, gradient) = ChunkedCrossEntropy.WithGradient(decoder, states, Ids(labels), weight);
        if (states.requires_grad) states.backward([gradient]);
        return losses;
    }

    /// <inheritdoc/>
    public float[] Losses(PackedBatch batch, int[] positions, int[] labels)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        return ChunkedCrossEntropy.Losses(decoder, PredictingStates(batch, positions), Ids(labels));
    }

    // [positions, hidden]; only these rows pass the output layer.
    private Tensor PredictingStates(PackedBatch batch, int[] positions) => decoder.Forward(batch).index_select(0, Ids(positions));

    private static Tensor Ids(int[] values) => tensor(values).to(ScalarType.Int64);
}
