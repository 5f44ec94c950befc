using Attune.Kernels.Memory;
using static TorchSharp.torch;

namespace Attune.Models.Fused;

/// <summary>The memory of torch tensors, for kernels. It stays where it is as long as the tensor lives.</summary>
internal static unsafe class TensorMemory
{
    /// <summary>A contiguous fp32 or bf16 tensor of one or two dimensions.</summary>
    public static Matrix Of(Tensor tensor)
    {
        if (!tensor.is_contiguous()) throw new ArgumentException("Expected a contiguous tensor.", nameof(tensor));
        var type = tensor.dtype switch
        {
            ScalarType.Float32 => ElementType.Float32,
            ScalarType.BFloat16 => ElementType.BFloat16,
            _ => throw new ArgumentException($"Expected fp32 or bf16, found {tensor.dtype}.", nameof(tensor)),
        };
        var columns = (int)tensor.shape[^1];
        fixed (byte* data = tensor.bytes) return Matrix.Dense(data, (int)(tensor.numel() / columns), columns, type);
    }
}
