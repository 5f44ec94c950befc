using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Attune.Kernels.Quantization;

/// <summary>Quantizes one block. Rounding follows bitsandbytes, so that packed bytes are equal to its own.</summary>
internal static class Nf4Encoder
{
    private const float Smallest = 1e-38f; // in place of a scale of 0, which nothing can be divided by
    private const int Group = 64;          // values a turn of the vector loop packs

    /// <summary>Quantizes a whole block: values are multiplied by the reciprocal of the scale.</summary>
    /// <param name="values">An even number of values.</param>
    /// <param name="packed">Half as many bytes.</param>
    /// <returns>The largest magnitude; infinite or NaN where a value is, and the codes are then without meaning.</returns>
    public static float Full(ReadOnlySpan<float> values, Span<byte> packed)
    {
        var absmax = BlockMaximum.Of(values);
        Pack(values, 1 / MathF.Max(absmax, Smallest), packed);
        return absmax;
    }

    /// <summary>
    /// Quantizes the short block at the end: values are divided by the scale, which differs from <see cref="Full"/> where a
    /// quotient lies within a rounding of a bound. Of an odd number of values, the last low half of a byte stands for 0.
    /// </summary>
    /// <param name="values">Values.</param>
    /// <param name="packed">Half as many bytes, rounded up.</param>
    /// <returns>The scale, never 0; otherwise as <see cref="Full"/>.</returns>
    public static float Last(ReadOnlySpan<float> values, Span<byte> packed)
    {
        var absmax = MathF.Max(BlockMaximum.Of(values), Smallest);
        Span<float> quotients = stackalloc float[Group];
        for (; values.Length > 0; packed = packed[(quotients.Length / 2)..])
        {
            quotients = quotients[..Math.Min(values.Length + (values.Length % 2), Group)];
            quotients[^1] = 0; // stays where the number is odd
            var count = Math.Min(values.Length, quotients.Length);
            for (var i = 0; i < count; i++) quotients[i] = values[i] / absmax;
            Pack(quotients, 1, packed[..(quotients.Length / 2)]);
            values = values[count..];
        }

        return absmax;
    }

    private static void Pack(ReadOnlySpan<float> values, float factor, Span<byte> packed)
    {
        ref var source = ref MemoryMarshal.GetReference(values);
        ref var target = ref MemoryMarshal.GetReference(packed);
        var i = 0;
        for (; i + Group <= values.Length; i += Group)
        {
            Pack(Codes(ref source, i, factor), Codes(ref source, i + 32, factor)).StoreUnsafe(ref target, (nuint)i / 2);
        }

        for (; i < values.Length; i += 2)
            packed[i / 2] = (byte)((Nf4Codes.Of(values[i] * factor) << 4) | Nf4Codes.Of(values[i + 1] * factor));
    }

    /// <summary>The codes of 32 values, a byte each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Codes(ref float source, int at, float factor)
    {
        var low = Vector256.Narrow(EightCodes(ref source, at, factor), EightCodes(ref source, at + 8, factor));
        var high = Vector256.Narrow(EightCodes(ref source, at + 16, factor), EightCodes(ref source, at + 24, factor));
        return Vector256.Narrow(low, high);
    }

    /// <summary>How many bounds are below each of 8 values: a true comparison is −1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> EightCodes(ref float source, int at, float factor)
    {
        var values = Vector256.LoadUnsafe(ref source, (nuint)at) * factor;
        var codes = Vector256<int>.Zero;
        foreach (var bound in Nf4Codes.Bounds) codes -= Vector256.GreaterThan(values, Vector256.Create(bound)).AsInt32();
        return codes.AsUInt32();
    }

    /// <summary>64 codes in 32 bytes, the first of a pair in the high half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Pack(Vector256<byte> first, Vector256<byte> second) => Vector256.Narrow(Pairs(first), Pairs(second));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ushort> Pairs(Vector256<byte> codes)
    {
        var words = codes.AsUInt16();
        return ((words << 4) | (words >> 8)) & Vector256.Create((ushort)0xFF);
    }
}
