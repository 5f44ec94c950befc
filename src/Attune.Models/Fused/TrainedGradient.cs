using Attune.Kernels.Memory;
using Attune.Kernels.Products;
using Attune.Models.Layers;
using static TorchSharp.torch;

namespace Attune.Models.Fused;

/// <summary>The gradient of a trained tensor in memory that is kept from step to step; none is taken before the first backward pass.</summary>
internal sealed class TrainedGradient(Parameter parameter) : IDisposable
{
    private Tensor? _sum;

    /// <summary>The sum so far, zero where the optimizer has taken the last one. It is the tensor's <c>grad</c> from now on.</summary>
    public Matrix Sum()
    {
        using var noGradients = no_grad();
        if (IsNew(out var sum)) sum.zero_().Dispose(); // what in-place operations return is one more handle
        return TensorMemory.Of(sum);
    }

    /// <summary>Takes a product that covers the whole gradient: its first one overwrites what the optimizer has taken.</summary>
    /// <param name="factor">Of the product.</param>
    public TileSink Sink(float factor = 1) => IsNew(out var sum) ? Sinks.Store(TensorMemory.Of(sum), factor) : Sinks.Accumulate(TensorMemory.Of(sum), factor);

    /// <summary>As <see cref="Sink"/>, of a product that is the gradient's transpose.</summary>
    public TileSink TransposedSink(float factor = 1)
    {
        var isNew = IsNew(out var sum);
        return Sinks.Transposed(TensorMemory.Of(sum), factor, adds: !isNew);
    }

    public void Dispose() => _sum?.Dispose();

    private bool IsNew(out Tensor sum)
    {
        sum = _sum ??= zeros(parameter.Value.shape, ScalarType.Float32).DetachFromDisposeScope();
        using var present = parameter.Value.grad;
        if (present is not null) return false;
        parameter.Value.grad = sum;
        return true;
    }
}
