using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Attune.Kernels.Quantization;

/// <summary>
/// Finds the nearest of a dynamic map's values without a search. Within a decade the rank of a magnitude grows in a line,
/// and from decade to decade the lines get flatter: the rank is the least of seven lines. Half a rank less, rounded down,
/// it is that of the nearest value or one too few, so one comparison with the bound above decides. Exact: the lines need
/// not be; halfway goes to the lower code.
/// </summary>
internal sealed class NearestCode
{
    private const int Chunk = 256; // values whose lines are computed before bounds are looked up

    private readonly float[] _bounds = new float[256]; // greatest number that still has code i
    private readonly float[] _slopes = new float[DynamicMap.Decades];
    private readonly float[] _offsets = new float[DynamicMap.Decades];
    private readonly int _zero;
    private readonly NearestCode512 _vectors;

    /// <summary>Prepares lines and bounds.</summary>
    public NearestCode(DynamicMap map)
    {
        for (var code = 0; code < 255; code++)
        {
            var middle = ((double)map.Values[code] + map.Values[code + 1]) / 2; // exact
            _bounds[code] = (float)middle <= middle ? (float)middle : MathF.BitDecrement((float)middle);
        }

        _bounds[255] = float.PositiveInfinity;
        var rank = 1; // 0 has rank 0
        for (var decade = 0; decade < DynamicMap.Decades; decade++)
        {
            var (end, cells) = (DynamicMap.End(decade), map.Cells(decade));
            var slope = cells / (0.9 * end);
            _slopes[decade] = (float)slope;
            _offsets[decade] = (float)(rank - 0.5 - (slope * end / 10));
            rank += cells;
        }

        _zero = map.IsSigned ? 127 : 0;
        _vectors = new NearestCode512(_slopes, _offsets, _bounds, _zero);
    }

    /// <summary>The nearest code by bisection.</summary>
    public byte Search(float value)
    {
        var (low, high) = (0, 255);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (value > _bounds[middle]) low = middle + 1;
            else high = middle;
        }

        return (byte)low;
    }

    /// <summary>The nearest codes of values times a factor. Magnitudes above 1 count as 1; NaN gets some code.</summary>
    /// <param name="values">Values.</param>
    /// <param name="factor">Multiplied in fp32.</param>
    /// <param name="codes">As many.</param>
    public void Of(ReadOnlySpan<float> values, float factor, Span<byte> codes)
    {
        if (codes.Length < values.Length) throw new ArgumentException($"{codes.Length} codes for {values.Length} values.", nameof(codes));
        var done = Avx512Vbmi.IsSupported ? _vectors.Of(values, factor, codes) : Vectors256(values, factor, codes);
        for (; done < values.Length; done++) codes[done] = Search(values[done] * factor);
    }

    /// <summary>Finds codes, the lines 16 at a time and the bounds one by one.</summary>
    /// <returns>How many; the rest is too short for a vector.</returns>
    [SkipLocalsInit]
    public int Vectors256(ReadOnlySpan<float> values, float factor, Span<byte> codes)
    {
        Span<float> scaled = stackalloc float[Chunk];
        Span<int> below = stackalloc int[Chunk];
        ref var bounds = ref MemoryMarshal.GetArrayDataReference(_bounds);
        var whole = values.Length & ~15;
        for (var done = 0; done < whole; done += Chunk)
        {
            var count = Math.Min(Chunk, whole - done);
            Below(values.Slice(done, count), factor, scaled, below);
            for (var i = 0; i < count; i++)
                codes[done + i] = (byte)(below[i] + (scaled[i] > Unsafe.Add(ref bounds, below[i]) ? 1 : 0));
        }

        return whole;
    }

    /// <summary>Codes that are right or one too low, in [0, 255] whatever the numbers.</summary>
    private void Below(ReadOnlySpan<float> values, float factor, Span<float> scaled, Span<int> below)
    {
        ref var source = ref MemoryMarshal.GetReference(values);
        ref var slopes = ref MemoryMarshal.GetArrayDataReference(_slopes);
        ref var offsets = ref MemoryMarshal.GetArrayDataReference(_offsets);
        for (var i = 0; i < values.Length; i += 16) // two vectors share the loads of a line
        {
            var a = Vector256.LoadUnsafe(ref source, (nuint)i) * factor;
            var b = Vector256.LoadUnsafe(ref source, (nuint)i + 8) * factor;
            var (rankA, rankB) = (Vector256.Create(float.MaxValue), Vector256.Create(float.MaxValue));
            for (var decade = 0; decade < DynamicMap.Decades; decade++)
            {
                var (slope, offset) = (Vector256.Create(Unsafe.Add(ref slopes, decade)), Vector256.Create(Unsafe.Add(ref offsets, decade)));
                rankA = Vector256.MinNative(rankA, Vector256.MultiplyAddEstimate(Vector256.Abs(a), slope, offset));
                rankB = Vector256.MinNative(rankB, Vector256.MultiplyAddEstimate(Vector256.Abs(b), slope, offset));
            }

            Code(rankA, a).StoreUnsafe(ref MemoryMarshal.GetReference(below), (nuint)i);
            Code(rankB, b).StoreUnsafe(ref MemoryMarshal.GetReference(below), (nuint)i + 8);
            a.StoreUnsafe(ref MemoryMarshal.GetReference(scaled), (nuint)i);
            b.StoreUnsafe(ref MemoryMarshal.GetReference(scaled), (nuint)i + 8);
        }
    }

    // Below 0 codes count down: the complement of a rank is one less than its negative.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<int> Code(Vector256<float> rank, Vector256<float> value)
    {
        var code = (Vector256.ConvertToInt32Native(rank) ^ (value.AsInt32() >> 31)) + Vector256.Create(_zero);
        return Vector256.Min(Vector256.Max(code, Vector256<int>.Zero), Vector256.Create(255));
    }
}
