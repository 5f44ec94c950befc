using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Attune.Kernels.Quantization;

/// <summary>The scale of a block.</summary>
internal static class BlockMaximum
{
    /// <summary>The largest magnitude; infinite or NaN where a value is. 0 for no values.</summary>
    public static float Of(ReadOnlySpan<float> values)
    {
        // Without their sign, numbers are ordered as their bits are, and NaN is above all.
        var bits = MemoryMarshal.Cast<float, int>(values);
        ref var first = ref MemoryMarshal.GetReference(bits);
        var magnitude = Vector256.Create(int.MaxValue);
        var (a, b) = (Vector256<int>.Zero, Vector256<int>.Zero);
        var i = 0;
        for (; i + (2 * Vector256<int>.Count) <= bits.Length; i += 2 * Vector256<int>.Count)
        {
            a = Vector256.Max(a, Vector256.LoadUnsafe(ref first, (nuint)i) & magnitude);
            b = Vector256.Max(b, Vector256.LoadUnsafe(ref first, (nuint)i + (nuint)Vector256<int>.Count) & magnitude);
        }

        var largest = Largest(Vector256.Max(a, b));
        for (; i < bits.Length; i++) largest = Math.Max(largest, bits[i] & int.MaxValue);
        return BitConverter.Int32BitsToSingle(largest);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Largest(Vector256<int> lanes)
    {
        var half = Vector128.Max(lanes.GetLower(), lanes.GetUpper());
        return Math.Max(Math.Max(half[0], half[1]), Math.Max(half[2], half[3]));
    }
}
