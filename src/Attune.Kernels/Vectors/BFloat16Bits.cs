using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Attune.Kernels.Vectors;

/// <summary>bfloat16: the upper half of fp32, rounded to nearest, ties to even.</summary>
internal static class BFloat16Bits
{
    /// <summary>Rounds a number. NaN stays NaN if its upper half says so, as that of every processor does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Of(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>As <see cref="Of(float)"/>, in the lower halves of the lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Of(Vector512<float> values)
    {
        var bits = values.AsUInt32();
        return (bits + Vector512.Create(0x7FFFu) + ((bits >> 16) & Vector512<uint>.One)) >> 16;
    }

    /// <summary>As <see cref="Of(float)"/>, in the lower halves of the lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Of(Vector256<float> values)
    {
        var bits = values.AsUInt32();
        return (bits + Vector256.Create(0x7FFFu) + ((bits >> 16) & Vector256<uint>.One)) >> 16;
    }

    /// <summary>The same number in fp32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Widen(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);
}
