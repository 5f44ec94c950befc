using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Attune.Kernels.Quantization;

/// <summary>
/// A table of 256 fp32 numbers, kept as four planes of bytes so that AVX-512's byte permutations look up 64 of them at
/// once, from registers. Needs <see cref="Avx512Vbmi"/>.
/// </summary>
internal sealed class FloatTable512
{
    private readonly byte[] _planes = new byte[4 * 256]; // first all lowest bytes

    /// <summary>Makes the planes.</summary>
    /// <param name="values">256 numbers.</param>
    public FloatTable512(ReadOnlySpan<float> values)
    {
        var bytes = MemoryMarshal.AsBytes(values);
        for (var i = 0; i < bytes.Length; i++) _planes[(i % 4 * 256) + (i / 4)] = bytes[i];
    }

    /// <summary>Numbers of 64 codes, 16 a vector, in the order of the codes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Of(Vector512<byte> codes, out Vector512<float> a, out Vector512<float> b, out Vector512<float> c, out Vector512<float> d)
    {
        // Unpacking works within quarters of a register; taking the codes in this order makes up for it.
        var order = Vector512.Create(
            (byte)0, 1, 2, 3, 16, 17, 18, 19, 32, 33, 34, 35, 48, 49, 50, 51, 4, 5, 6, 7, 20, 21, 22, 23, 36, 37, 38, 39, 52, 53, 54, 55,
            8, 9, 10, 11, 24, 25, 26, 27, 40, 41, 42, 43, 56, 57, 58, 59, 12, 13, 14, 15, 28, 29, 30, 31, 44, 45, 46, 47, 60, 61, 62, 63);
        codes = Avx512Vbmi.PermuteVar64x8(codes, order);
        var isUpper = Vector512.LessThan(codes.AsSByte(), Vector512<sbyte>.Zero).AsByte();
        ref var planes = ref MemoryMarshal.GetArrayDataReference(_planes);
        var (byte0, byte1) = (Plane(ref planes, 0, codes, isUpper), Plane(ref planes, 256, codes, isUpper));
        var (byte2, byte3) = (Plane(ref planes, 512, codes, isUpper), Plane(ref planes, 768, codes, isUpper));
        var (low, high) = (Avx512BW.UnpackLow(byte0, byte1).AsUInt16(), Avx512BW.UnpackLow(byte2, byte3).AsUInt16());
        a = Avx512BW.UnpackLow(low, high).AsSingle();
        b = Avx512BW.UnpackHigh(low, high).AsSingle();
        (low, high) = (Avx512BW.UnpackHigh(byte0, byte1).AsUInt16(), Avx512BW.UnpackHigh(byte2, byte3).AsUInt16());
        c = Avx512BW.UnpackLow(low, high).AsSingle();
        d = Avx512BW.UnpackHigh(low, high).AsSingle();
    }

    /// <summary>Numbers of codes times a factor, 64 at a time.</summary>
    /// <returns>How many; the rest is too short for a vector.</returns>
    public int Decode(ReadOnlySpan<byte> codes, float factor, Span<float> values)
    {
        var whole = Math.Min(codes.Length, values.Length) & ~63;
        ref var source = ref MemoryMarshal.GetReference(codes);
        ref var target = ref MemoryMarshal.GetReference(values);
        for (nuint i = 0; i < (nuint)whole; i += 64)
        {
            Of(Vector512.LoadUnsafe(ref source, i), out var a, out var b, out var c, out var d);
            (a * factor).StoreUnsafe(ref target, i);
            (b * factor).StoreUnsafe(ref target, i + 16);
            (c * factor).StoreUnsafe(ref target, i + 32);
            (d * factor).StoreUnsafe(ref target, i + 48);
        }

        return whole;
    }

    /// <summary>The codes' lower seven bits choose among half a plane, two registers; the eighth chooses the half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Plane(ref byte planes, nuint at, Vector512<byte> codes, Vector512<byte> isUpper)
    {
        var lower = Avx512Vbmi.PermuteVar64x8x2(Vector512.LoadUnsafe(ref planes, at), codes, Vector512.LoadUnsafe(ref planes, at + 64));
        var upper = Avx512Vbmi.PermuteVar64x8x2(Vector512.LoadUnsafe(ref planes, at + 128), codes, Vector512.LoadUnsafe(ref planes, at + 192));
        return Vector512.ConditionalSelect(isUpper, upper, lower);
    }
}
