using System.Runtime.InteropServices;
using Attune.Kernels.Vectors;

namespace Attune.Kernels.Tests.Vectors;

/// <summary>All widths are the same functions. Where a processor lacks a width, .NET computes it in halves.</summary>
public sealed unsafe class LanesTests
{
    [Fact]
    public void Exponentials_are_right_to_two_units_in_the_last_place_in_every_width()
    {
        AssertExp<Lanes1>();
        AssertExp<Lanes256>();
        AssertExp<Lanes512>();
    }

    [Fact]
    public void Rounding_to_bf16_is_to_nearest_even_in_every_width()
    {
        var random = new Random(3);
        uint[] bits = [.. Enumerable.Range(0, 4096).Select(_ => (uint)random.NextInt64(1L << 32)).Where(b => float.IsFinite(BitConverter.UInt32BitsToSingle(b)) && (b & 0x7F800000) < 0x7F000000), 0x3F808000, 0x3F818000, 0x3F808001];
        bits = [.. bits.Take(bits.Length / 16 * 16)];
        foreach (var rounded in (ushort[][])[Round<Lanes1>(bits), Round<Lanes256>(bits), Round<Lanes512>(bits)])
        {
            foreach (var (exact, found) in bits.Zip(rounded))
            {
                var low = exact & 0xFFFF0000;
                var fraction = exact - low;
                var up = fraction > 0x8000 || (fraction == 0x8000 && ((low >> 16) & 1) == 1);
                Assert.Equal((low >> 16) + (up ? 1u : 0u), found);
            }
        }
    }

    private static ushort[] Round<T>(uint[] bits)
        where T : struct, ILanes<T>
    {
        var result = new ushort[bits.Length];
        fixed (float* source = MemoryMarshal.Cast<uint, float>(bits))
        {
            fixed (ushort* target = result)
            {
                for (var i = 0; i < bits.Length; i += T.Count) T.StoreBFloat16(T.Load(source + i), target + i);
            }
        }

        return result;
    }

    private static void AssertExp<T>()
        where T : struct, ILanes<T>
    {
        float[] values = [.. Enumerable.Range(-8700, 17400).Select(i => i * 0.01f), 0, float.Epsilon, -1e-20f, float.NaN];
        values = [.. values, .. new float[16 - (values.Length % 16)]];
        var results = new float[values.Length];
        fixed (float* source = values, target = results)
        {
            for (var i = 0; i < values.Length; i += T.Count) T.Store(LaneMath.Exp(T.Load(source + i)), target + i);
        }

        foreach (var (x, y) in values.Zip(results))
        {
            if (float.IsNaN(x)) Assert.True(float.IsNaN(y));
            else Assert.InRange(Math.Abs(y - Math.Exp(x)), 0, 2 * (double)MathF.BitIncrement((float)Math.Exp(x)) * Math.Pow(2, -23));
        }
    }
}
