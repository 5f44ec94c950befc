using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Attune.Kernels.Vectors;

namespace Attune.Kernels.Quantization;

/// <summary>AVX-512: the 16 scaled values of a block fit one register, and a permutation looks up all lanes at once.</summary>
internal static class Nf4Decoder512
{
    /// <summary>Decodes blocks, 16 values at a time.</summary>
    /// <returns>How many values of each block; the rest is too short for a vector.</returns>
    public static int Decode(ReadOnlySpan<byte> packed, ReadOnlySpan<float> absmax, Span<float> values, int blockSize)
    {
        var whole = blockSize & ~15;
        Nf4.RequireBlocks(packed.Length, absmax.Length, values.Length, blockSize);
        ref var source = ref MemoryMarshal.GetReference(packed);
        ref var target = ref MemoryMarshal.GetReference(values);
        var shifts = Vector512.Create(4u, 0, 12, 8, 20, 16, 28, 24, 4, 0, 12, 8, 20, 16, 28, 24);
        var spread = Vector512.Create(0u, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
        foreach (var scale in absmax)
        {
            var table = Nf4Codes.Scaled(scale);
            for (nuint i = 0; i < (nuint)whole; i += 16)
            {
                var bytes = Vector512.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, i / 2))).AsUInt32();
                var codes = Avx512F.ShiftRightLogicalVariable(Avx512F.PermuteVar16x32(bytes, spread), shifts);
                // The permutation reads the low four bits of a lane only.
                Avx512F.PermuteVar16x32(table, codes.AsInt32()).StoreUnsafe(ref target, i);
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
            var rounded = Avx512F.ConvertToVector256UInt16(BFloat16Bits.Of(Nf4Codes.Scaled(scale)));
            var table = Vector512.Create(rounded, rounded); // twice: the fifth bit of an index does not matter then
            for (nuint i = 0; i < (nuint)whole; i += 32)
            {
                var bytes = Avx512F.ConvertToVector512UInt32(Vector128.LoadUnsafe(ref source, i / 2));
                var codes = (bytes << 16) | (bytes >> 4);
                Avx512BW.PermuteVar32x16(table, codes.AsUInt16()).StoreUnsafe(ref target, i);
            }

            source = ref Unsafe.Add(ref source, blockSize / 2);
            target = ref Unsafe.Add(ref target, blockSize);
        }

        return whole;
    }
}
