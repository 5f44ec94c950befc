using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Attune.Kernels.Quantization;

/// <summary>The work of <see cref="NearestCode"/> on 64 values at once, with AVX-512 and its byte permutations.</summary>
/// <param name="slopes">Slopes of the lines, by decade.</param>
/// <param name="offsets">Their values at 0.</param>
/// <param name="bounds">Greatest number of each code.</param>
/// <param name="zero">Code of 0.</param>
internal sealed class NearestCode512(float[] slopes, float[] offsets, float[] bounds, int zero)
{
    private readonly FloatTable512 _bounds = new(bounds);

    /// <summary>Finds codes.</summary>
    /// <returns>How many; the rest is too short for a vector.</returns>
    public int Of(ReadOnlySpan<float> values, float factor, Span<byte> codes)
    {
        ref var source = ref MemoryMarshal.GetReference(values);
        ref var target = ref MemoryMarshal.GetReference(codes);
        var whole = Math.Min(values.Length, codes.Length) & ~63;
        for (nuint i = 0; i < (nuint)whole; i += 64)
        {
            var a = Vector512.LoadUnsafe(ref source, i) * factor;
            var b = Vector512.LoadUnsafe(ref source, i + 16) * factor;
            var c = Vector512.LoadUnsafe(ref source, i + 32) * factor;
            var d = Vector512.LoadUnsafe(ref source, i + 48) * factor;
            Below(a, b, c, d, out var belowA, out var belowB, out var belowC, out var belowD);
            _bounds.Of(Bytes(belowA, belowB, belowC, belowD), out var boundA, out var boundB, out var boundC, out var boundD);
            // A true comparison is −1.
            Bytes(
                belowA - Vector512.GreaterThan(a, boundA).AsInt32(), belowB - Vector512.GreaterThan(b, boundB).AsInt32(),
                belowC - Vector512.GreaterThan(c, boundC).AsInt32(), belowD - Vector512.GreaterThan(d, boundD).AsInt32()).StoreUnsafe(ref target, i);
        }

        return whole;
    }

    /// <summary>Codes that are right or one too low, in [0, 255] whatever the numbers. Four vectors share the loads of a line.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Below(
        Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d,
        out Vector512<int> belowA, out Vector512<int> belowB, out Vector512<int> belowC, out Vector512<int> belowD)
    {
        var rankA = Vector512.Create(float.MaxValue);
        var (rankB, rankC, rankD) = (rankA, rankA, rankA);
        var (absA, absB, absC, absD) = (Vector512.Abs(a), Vector512.Abs(b), Vector512.Abs(c), Vector512.Abs(d));
        for (var decade = 0; decade < DynamicMap.Decades; decade++)
        {
            var (slope, offset) = (Vector512.Create(slopes[decade]), Vector512.Create(offsets[decade]));
            rankA = Vector512.MinNative(rankA, Vector512.FusedMultiplyAdd(absA, slope, offset));
            rankB = Vector512.MinNative(rankB, Vector512.FusedMultiplyAdd(absB, slope, offset));
            rankC = Vector512.MinNative(rankC, Vector512.FusedMultiplyAdd(absC, slope, offset));
            rankD = Vector512.MinNative(rankD, Vector512.FusedMultiplyAdd(absD, slope, offset));
        }

        belowA = Code(rankA, a);
        belowB = Code(rankB, b);
        belowC = Code(rankC, c);
        belowD = Code(rankD, d);
    }

    // Below 0 codes count down: the complement of a rank is one less than its negative.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector512<int> Code(Vector512<float> rank, Vector512<float> value)
    {
        var code = (Vector512.ConvertToInt32Native(rank) ^ (value.AsInt32() >> 31)) + Vector512.Create(zero);
        return Vector512.Min(Vector512.Max(code, Vector512<int>.Zero), Vector512.Create(255));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Bytes(Vector512<int> a, Vector512<int> b, Vector512<int> c, Vector512<int> d) =>
        Vector512.Narrow(Vector512.Narrow(a.AsUInt32(), b.AsUInt32()), Vector512.Narrow(c.AsUInt32(), d.AsUInt32()));
}
