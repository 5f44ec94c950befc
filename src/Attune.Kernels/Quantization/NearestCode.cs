using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Attune.Kernels.Quantization;

/// <summary>
/// Finds the nearest of a dynamic map's values without a search. The upper half of a number's bits (sign, exponent and
/// seven bits of the mantissa) names a bin so narrow that at most one bound between two codes lies in it: a table gives
/// the lower of the two codes, and one comparison with the bound decides. Exact; halfway goes to the lower code.
/// </summary>
internal sealed class NearestCode
{
    private const int Chunk = 256;                      // values whose bins are computed before they are looked up
    private const int One = 0x3F80;                     // upper half of 1.0
    private const int FirstBin = ((127 - 23) << 7) - 1; // all magnitudes below 2⁻²³, where no bound is, go to the bin before
    private const int BinsOfSign = One - FirstBin + 1;

    private readonly float[] _bounds;                    // greatest number that still has code i
    private readonly byte[] _lowerCodes = new byte[2 * BinsOfSign];

    /// <summary>Makes the tables.</summary>
    /// <param name="values">256 increasing values in [−1, 1], spaced as a dynamic map's.</param>
    public NearestCode(ReadOnlySpan<float> values)
    {
        _bounds = new float[values.Length];
        for (var code = 0; code + 1 < values.Length; code++)
        {
            var middle = ((double)values[code] + values[code + 1]) / 2; // exact
            _bounds[code] = (float)middle <= middle ? (float)middle : MathF.BitDecrement((float)middle);
        }

        _bounds[^1] = float.PositiveInfinity;
        for (var bin = 0; bin < BinsOfSign; bin++)
        {
            var least = bin == 0 ? 0 : (uint)(FirstBin + bin) << 16;
            var greatest = ((uint)(FirstBin + bin) << 16) | 0xFFFF;
            _lowerCodes[bin] = Search(BitConverter.UInt32BitsToSingle(least));
            _lowerCodes[BinsOfSign + bin] = Search(-BitConverter.UInt32BitsToSingle(greatest));
        }
    }

    /// <summary>The nearest code by bisection: what the tables are made from.</summary>
    public byte Search(float value)
    {
        var (low, high) = (0, _bounds.Length - 1);
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
    [SkipLocalsInit]
    public void Of(ReadOnlySpan<float> values, float factor, Span<byte> codes)
    {
        Span<float> scaled = stackalloc float[Chunk];
        Span<int> bins = stackalloc int[Chunk];
        ref var lowerCodes = ref MemoryMarshal.GetArrayDataReference(_lowerCodes);
        ref var bounds = ref MemoryMarshal.GetArrayDataReference(_bounds);
        codes = codes[..values.Length];
        while (values.Length > 0)
        {
            var count = Math.Min(values.Length, Chunk);
            Bins(values[..count], factor, scaled, bins);
            for (var i = 0; i < count; i++)
            {
                // A bin is below the table's length and a code below that of the bounds, whatever the number.
                var code = Unsafe.Add(ref lowerCodes, bins[i]);
                codes[i] = (byte)(code + (scaled[i] > Unsafe.Add(ref bounds, code) ? 1 : 0));
            }

            values = values[count..];
            codes = codes[count..];
        }
    }

    private static void Bins(ReadOnlySpan<float> values, float factor, Span<float> scaled, Span<int> bins)
    {
        ref var source = ref MemoryMarshal.GetReference(values);
        ref var scaledStart = ref MemoryMarshal.GetReference(scaled);
        ref var binsStart = ref MemoryMarshal.GetReference(bins);
        var (one, minusOne) = (Vector256.Create(1f), Vector256.Create(-1f));
        var i = 0;
        for (; i + Vector256<float>.Count <= values.Length; i += Vector256<float>.Count)
        {
            var value = Vector256.LoadUnsafe(ref source, (nuint)i) * factor;
            value = Vector256.MinNative(Vector256.MaxNative(value, minusOne), one);
            var bits = value.AsInt32();
            var bin = Vector256.Max((bits & Vector256.Create(int.MaxValue)) >> 16, Vector256.Create(FirstBin)) - Vector256.Create(FirstBin);
            bin = Vector256.Min(bin, Vector256.Create(BinsOfSign - 1)) + ((bits >> 31) & Vector256.Create(BinsOfSign));
            value.StoreUnsafe(ref scaledStart, (nuint)i);
            bin.StoreUnsafe(ref binsStart, (nuint)i);
        }

        for (; i < values.Length; i++)
        {
            scaled[i] = Math.Clamp(values[i] * factor, -1, 1);
            var bits = BitConverter.SingleToInt32Bits(scaled[i]);
            bins[i] = Math.Clamp(((bits & int.MaxValue) >> 16) - FirstBin, 0, BinsOfSign - 1) + ((bits >> 31) & BinsOfSign);
        }
    }
}
