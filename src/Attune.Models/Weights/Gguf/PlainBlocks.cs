using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Attune.Models.Weights.Gguf;

/// <summary>Types without blocks.</summary>
internal static class PlainBlocks
{
    public static void F32(ReadOnlySpan<byte> blocks, Span<float> values) => MemoryMarshal.Cast<byte, float>(blocks).CopyTo(values);

    public static void F16(ReadOnlySpan<byte> blocks, Span<float> values) =>
        TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(blocks), values);

    public static void BF16(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        var bits = MemoryMarshal.Cast<byte, ushort>(blocks);
        for (var i = 0; i < values.Length; i++) values[i] = BitConverter.UInt32BitsToSingle((uint)bits[i] << 16);
    }
}
