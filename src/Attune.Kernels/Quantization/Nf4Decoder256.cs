using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Attune.Kernels.Vectors;

namespace Attune.Kernels.Quantization;

/// <summary>AVX2: two registers hold the 16 scaled values of a block for fp32; for bf16, one holds their low bytes and one their high ones.</summary>
internal static class Nf4Decoder256
{
    /// <summary>Decodes blocks, 8 values at a time.</summary>
    /// <returns>How many values of each block; the rest is too short for a vector.</returns>
    public static int Decode(ReadOnlySpan<byte> packed, ReadOnlySpan<float> absmax, Span<float> values, int blockSize)
    {
        var whole = blockSize & ~7;
        Nf4.RequireBlocks(packed.Length, absmax.Length, values.Length, blockSize);
        ref var source = ref MemoryMarshal.GetReference(packed);
        ref var target = ref MemoryMarshal.GetReference(values);
        var shifts = Vector256.Create(4u, 0, 12, 8, 20, 16, 28, 24);
        foreach (var scale in absmax)
        {
            var (lower, upper) = Scaled(scale);
            for (nuint i = 0; i < (nuint)whole; i += 8)
            {
                var codes = Avx2.ShiftRightLogicalVariable(Vector256.Create(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref source, i / 2))), shifts);
                // The permutations read the low three bits of a lane; the fourth, moved to the sign, chooses between them.
                var low = Avx2.PermuteVar8x32(lower, codes.AsInt32());
                var high = Avx2.PermuteVar8x32(upper, codes.AsInt32());
                Avx.BlendVariable(low, high, (codes << 28).AsSingle()).StoreUnsafe(ref target, i);
            }

            source = ref Unsafe.Add(ref source, blockSize / 2);
            target = ref Unsafe.Add(ref target, blockSize);
        }

        return whole;
    }

    /// <summary>Decodes blocks, 32 values at a time.</summary>
    /// <returns>How many values of each block; the rest is too short for a vector.</returns>
    public static int Decode(ReadOnlySpan<byte> packed, ReadOnlySpan<float> absmax, Span<ushort> values, int blockSize)
    {
        var whole = blockSize & ~31;
        Nf4.RequireBlocks(packed.Length, absmax.Length, values.Length, blockSize);
        ref var source = ref MemoryMarshal.GetReference(packed);
        ref var target = ref MemoryMarshal.GetReference(values);
        foreach (var scale in absmax)
        {
            var (lower, upper) = Scaled(scale);
            var rounded = Vector256.Narrow(BFloat16Bits.Of(lower), BFloat16Bits.Of(upper));
            var (lowBytes, highBytes) = (Twice(rounded & Vector256.Create((ushort)0xFF)), Twice(rounded >> 8));
            for (nuint i = 0; i < (nuint)whole; i += 32)
            {
                var words = Avx2.ConvertToVector256Int16(Vector128.LoadUnsafe(ref source, i / 2));
                var codes = ((words << 8) | (words >> 4)).AsByte() & Vector256.Create((byte)15);
                var (low, high) = (Avx2.Shuffle(lowBytes, codes), Avx2.Shuffle(highBytes, codes));
                var (even, odd) = (Avx2.UnpackLow(low, high), Avx2.UnpackHigh(low, high)); // eights 0 and 2, eights 1 and 3
                Avx2.Permute2x128(even, odd, 0x20).AsUInt16().StoreUnsafe(ref target, i);
                Avx2.Permute2x128(even, odd, 0x31).AsUInt16().StoreUnsafe(ref target, i + 16);
            }

            source = ref Unsafe.Add(ref source, blockSize / 2);
            target = ref Unsafe.Add(ref target, blockSize);
        }

        return whole;
    }

    private static (Vector256<float> Lower, Vector256<float> Upper) Scaled(float absmax)
    {
        ref var table = ref MemoryMarshal.GetReference(Nf4Codes.Values);
        return (Vector256.LoadUnsafe(ref table) * absmax, Vector256.LoadUnsafe(ref table, 8) * absmax);
    }

    private static Vector256<byte> Twice(Vector256<ushort> words)
    {
        var bytes = Vector128.Narrow(words.GetLower(), words.GetUpper());
        return Vector256.Create(bytes, bytes);
    }
}
