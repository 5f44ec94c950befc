using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Attune.Training.Optimizers;

/// <summary>The memory of fp32 tensors, for passes that torch would do in several.</summary>
internal static class FloatMemory
{
    /// <summary>All elements of a contiguous fp32 tensor, in row-major order.</summary>
    public static Span<float> Of(Tensor tensor)
    {
        if (tensor.dtype != ScalarType.Float32 || !tensor.is_contiguous())
            throw new ArgumentException($"Expected a contiguous fp32 tensor, found {tensor.dtype}.", nameof(tensor));
        return MemoryMarshal.Cast<byte, float>(tensor.bytes);
    }
}
