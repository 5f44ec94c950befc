using Attune.Kernels.Memory;
using Attune.Models.Layers;
using static TorchSharp.torch;

namespace Attune.Models.Fused;

/// <summary>The gradient of a trained tensor in memory that is kept from step to step.</summary>
internal sealed class TrainedGradient(Parameter parameter) : IDisposable
{
    private readonly Tensor _sum = zeros(parameter.Value.shape, ScalarType.Float32).DetachFromDisposeScope();

    /// <summary>The sum so far, zero where the optimizer has taken the last one. It is the tensor's <c>grad</c> from now on.</summary>
    public Matrix Sum()
    {
        using var present = parameter.Value.grad;
        if (present is null)
        {
            using var noGradients = no_grad();
            _sum.zero_();
            parameter.Value.grad = _sum;
        }

        return TensorMemory.Of(_sum);
    }

    public void Dispose() => _sum.Dispose();
}
