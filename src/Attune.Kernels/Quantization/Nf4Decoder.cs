using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Attune.Kernels.Vectors;

namespace Attune.Kernels.Quantization;

/// <summary>
/// Turns blocks of codes back into values: the value of a code times the scale of its block, in fp32, for bf16 rounded
/// once. Whatever the width of the vectors, the bits are the same.
/// </summary>
internal static class Nf4Decoder
{
    /// <summary>Decodes whole blocks with the widest vectors there are.</summary>
    /// <typeparam name="T"><see cref="float"/>, or <see cref="ushort"/> for bf16.</typeparam>
    /// <param name="packed">Codes of all blocks.</param>
    /// <param name="absmax">Scales of the blocks.</param>
    /// <param name="values">Receives the blocks' values.</param>
    /// <param name="blockSize">Values of a block, even where there are several.</param>
    public static void Decode<T>(ReadOnlySpan<byte> packed, ReadOnlySpan<float> absmax, Span<T> values, int blockSize)
        where T : unmanaged
    {
        var done = DecodeVectors(packed, absmax, values, blockSize);
        if (done == blockSize) return;
        for (var block = 0; block < absmax.Length; block++)
        {
            var first = (block * blockSize) + done;
            DecodeEach(packed[(first / 2)..], absmax[block], values.Slice(first, blockSize - done));
        }
    }

    /// <summary>Decodes one block without vectors.</summary>
    public static void DecodeEach<T>(ReadOnlySpan<byte> packed, float absmax, Span<T> values)
        where T : unmanaged
    {
        for (var i = 0; i < values.Length; i++)
        {
            var value = Value(packed, i) * absmax;
            values[i] = typeof(T) == typeof(float) ? Unsafe.BitCast<float, T>(value) : Unsafe.BitCast<ushort, T>(BFloat16Bits.Of(value));
        }
    }

    // How many values of each block the widest vectors have decoded.
    private static int DecodeVectors<T>(ReadOnlySpan<byte> packed, ReadOnlySpan<float> absmax, Span<T> values, int blockSize)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            var floats = MemoryMarshal.Cast<T, float>(values);
            return Avx512F.IsSupported ? Nf4Decoder512.Decode(packed, absmax, floats, blockSize)
                : Avx2.IsSupported ? Nf4Decoder256.Decode(packed, absmax, floats, blockSize)
                : 0;
        }

        var bf16 = MemoryMarshal.Cast<T, ushort>(values);
        return Avx512BW.IsSupported ? Nf4Decoder512.Decode(packed, absmax, bf16, blockSize)
            : Avx2.IsSupported ? Nf4Decoder256.Decode(packed, absmax, bf16, blockSize)
            : 0;
    }

    private static float Value(ReadOnlySpan<byte> packed, int i) => Nf4Codes.Values[(i % 2 == 0 ? packed[i / 2] >> 4 : packed[i / 2]) & 15];
}
