using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Attune.Kernels.Vectors;

namespace Attune.Kernels.Quantization;

/// <summary>
/// AVX-512 for the short stretches of which panels are made: 16 values at a time, which lie in one block where a stretch
/// begins at a multiple of 16. The bits are those of <see cref="Nf4Decoder"/>.
/// </summary>
internal static unsafe class Nf4Part512
{
    private const int Unit = 16;

    /// <summary>Whether stretches that begin here and are so long can be decoded.</summary>
    public static bool IsFor(long first, int count) => Avx512BW.VL.IsSupported && (first | (uint)count) % Unit == 0;

    /// <summary>Decodes a stretch as fp32.</summary>
    /// <param name="packed">Codes of the whole matrix.</param>
    /// <param name="scales">Their scales.</param>
    /// <param name="first">Number of the first value.</param>
    /// <param name="target">Receives the values.</param>
    /// <param name="count">How many.</param>
    public static void Decode(byte* packed, in Nf4Scales scales, long first, float* target, int count)
    {
        var shifts = Vector512.Create(4u, 0, 12, 8, 20, 16, 28, 24, 4, 0, 12, 8, 20, 16, 28, 24);
        var spread = Vector512.Create(0u, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
        for (var i = 0; i < count;)
        {
            var table = Nf4Codes.Scaled(scales.OfValue(first + i));
            for (var end = EndOfBlock(first, i, count); i < end; i += Unit)
            {
                var bytes = Vector512.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(packed + ((first + i) / 2))).AsUInt32();
                var codes = Avx512F.ShiftRightLogicalVariable(Avx512F.PermuteVar16x32(bytes, spread), shifts);
                Avx512F.PermuteVar16x32(table, codes.AsInt32()).Store(target + i);
            }
        }
    }

    /// <summary>Decodes a stretch as bf16.</summary>
    /// <param name="packed">Codes of the whole matrix.</param>
    /// <param name="scales">Their scales.</param>
    /// <param name="first">Number of the first value.</param>
    /// <param name="target">Receives the bits of the values.</param>
    /// <param name="count">How many.</param>
    public static void Decode(byte* packed, in Nf4Scales scales, long first, ushort* target, int count)
    {
        for (var i = 0; i < count;)
        {
            var table = Avx512F.ConvertToVector256UInt16(BFloat16Bits.Of(Nf4Codes.Scaled(scales.OfValue(first + i))));
            for (var end = EndOfBlock(first, i, count); i < end; i += Unit)
            {
                // A byte in 32 bits: the upper half-byte, which comes first, below; the lower one above. The permutation reads four bits.
                var bytes = Avx2.ConvertToVector256Int32(packed + ((first + i) / 2)).AsUInt32();
                Avx512BW.VL.PermuteVar16x16(table, ((bytes << 16) | (bytes >> 4)).AsUInt16()).Store(target + i);
            }
        }
    }

    private static int EndOfBlock(long first, int i, int count) => Math.Min(count, i + Nf4.BlockSize - (int)((first + i) % Nf4.BlockSize));
}

/// <summary>The scales of a matrix with double quantization.</summary>
/// <param name="codes">One a block.</param>
/// <param name="nested">One for 256 blocks.</param>
/// <param name="map">Values of the codes.</param>
/// <param name="offset">Added to all.</param>
internal readonly unsafe struct Nf4Scales(byte* codes, float* nested, float* map, float offset)
{
    /// <summary>The scale of the block of a value.</summary>
    public float OfValue(long value)
    {
        var block = value / Nf4.BlockSize;
        return (map[codes[block]] * nested[block / DoubleQuantization.BlockSize]) + offset;
    }
}
