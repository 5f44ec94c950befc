using Attune.Kernels.Memory;
using Attune.Kernels.Products;
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
        using var noGradients = no_grad();
        if (IsNew()) _sum.zero_().Dispose(); // what in-place operations return is one more handle
        return TensorMemory.Of(_sum);
    }

    /// <summary>Takes a product that covers the whole gradient: its first one overwrites what the optimizer has taken.</summary>
    /// <param name="factor">Of the product.</param>
    public TileSink Sink(float factor = 1) => IsNew() ? Sinks.Store(TensorMemory.Of(_sum), factor) : Sinks.Accumulate(TensorMemory.Of(_sum), factor);

    /// <summary>As <see cref="Sink"/>, of a product that is the gradient's transpose.</summary>
    public TileSink TransposedSink(float factor = 1) => Sinks.Transposed(TensorMemory.Of(_sum), factor, adds: !IsNew());

    public void Dispose() => _sum.Dispose();

    private bool IsNew()
    {
        using var present = parameter.Value.grad;
        if (present is not null) return false;
        parameter.Value.grad = _sum;
        return true;
    }
}
