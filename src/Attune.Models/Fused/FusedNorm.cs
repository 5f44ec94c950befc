using Attune.Kernels.Memory;
using Attune.Kernels.Rows;
using Attune.Kernels.Threads;
using Attune.Models.Layers;

namespace Attune.Models.Fused;

/// <summary>A norm, frozen or trained.</summary>
/// <param name="team">The threads.</param>
/// <param name="weight">[size], fp32.</param>
/// <param name="epsilon">Keeps a zero row finite.</param>
internal sealed unsafe class FusedNorm(Team team, Parameter weight, double epsilon) : IDisposable
{
    private readonly float* _weight = TensorMemory.Of(weight.Value).Floats(0);
    private readonly TrainedGradient? _gradient = weight.IsTrained ? new TrainedGradient(weight) : null;

    public bool IsTrained => _gradient is not null;

    /// <summary>Normalises rows.</summary>
    /// <param name="input">[rows, size].</param>
    /// <param name="output">[rows, size].</param>
    /// <param name="copy">[rows, size]: gets the input as it is; may be absent.</param>
    public void Forward(Matrix input, Matrix output, Matrix? copy = null) => RmsNormKernel.Forward(team, input, _weight, epsilon, output, copy);

    /// <summary>Adds to the gradient of the weight, where it is trained.</summary>
    /// <param name="input">What was normalised, [rows, size].</param>
    /// <param name="outputGradient">[rows, size], fp32.</param>
    public void WeightGradient(Matrix input, Matrix outputGradient)
    {
        if (_gradient is not null) RmsNormWeightKernel.Run(team, input, epsilon, outputGradient, _gradient.Sum().Floats(0));
    }

    /// <summary>Adds to the gradients of weight and input.</summary>
    /// <param name="input">What was normalised, [rows, size].</param>
    /// <param name="outputGradient">[rows, size], fp32.</param>
    /// <param name="inputGradient">[rows, size], fp32.</param>
    /// <param name="rounded">[rows, size]: gets the input's gradient in the products' type.</param>
    public void Backward(Matrix input, Matrix outputGradient, Matrix inputGradient, Matrix rounded)
    {
        WeightGradient(input, outputGradient);
        RmsNormKernel.Backward(team, input, _weight, epsilon, outputGradient, inputGradient, rounded);
    }

    public void Dispose() => _gradient?.Dispose();
}
