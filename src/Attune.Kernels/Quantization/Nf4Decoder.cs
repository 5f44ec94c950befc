using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

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
        if (typeof(T) == typeof(float)) Decode(packed, absmax, MemoryMarshal.Cast<T, float>(values), blockSize);
        else Decode(packed, absmax, MemoryMarshal.Cast<T, ushort>(values), blockSize);
    }

    /// <summary>Decodes one block without vectors.</summary>
    public static void DecodeEach(ReadOnlySpan<byte> packed, float absmax, Span<float> values)
    {
        for (var i = 0; i < values.Length; i++) values[i] = Value(packed, i) * absmax;
    }

    /// <summary>Decodes one block without vectors.</summary>
    public static void DecodeEach(ReadOnlySpan<byte> packed, float absmax, Span<ushort> values)
    {
        for (var i = 0; i < values.Length; i++) values[i] = BFloat16Bits.Of(Value(packed, i) * absmax);
    }

    private static void Decode(ReadOnlySpan<byte> packed, ReadOnlySpan<float> absmax, Span<float> values, int blockSize)
    {
        var done = Avx512F.IsSupported ? Nf4Decoder512.Decode(packed, absmax, values, blockSize)
            : Avx2.IsSupported ? Nf4Decoder256.Decode(packed, absmax, values, blockSize)
            : 0;
        if (done == blockSize) return;
        for (var block = 0; block < absmax.Length; block++)
        {
            var first = (block * blockSize) + done;
            DecodeEach(packed[(first / 2)..], absmax[block], values.Slice(first, blockSize - done));
        }
    }

    private static void Decode(ReadOnlySpan<byte> packed, ReadOnlySpan<float> absmax, Span<ushort> values, int blockSize)
    {
        var done = Avx512BW.IsSupported ? Nf4Decoder512.Decode(packed, absmax, values, blockSize)
            : Avx2.IsSupported ? Nf4Decoder256.Decode(packed, absmax, values, blockSize)
            : 0;
        if (done == blockSize) return;
        for (var block = 0; block < absmax.Length; block++)
        {
            var first = (block * blockSize) + done;
            DecodeEach(packed[(first / 2)..], absmax[block], values.Slice(first, blockSize - done));
        }
    }

    private static float Value(ReadOnlySpan<byte> packed, int i) => Nf4Codes.Values[(i % 2 == 0 ? packed[i / 2] >> 4 : packed[i / 2]) & 15];
}
