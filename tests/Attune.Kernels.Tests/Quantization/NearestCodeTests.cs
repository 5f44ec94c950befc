using Attune.Kernels.Quantization;

namespace Attune.Kernels.Tests.Quantization;

public class NearestCodeTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Numbers_in_between_go_to_the_nearest_value_and_halfway_to_the_lower(bool signed)
    {
        var map = signed ? DynamicMap.Signed : DynamicMap.Unsigned;
        var values = Candidates(map).Where(value => Math.Abs(value) <= 1).ToArray();
        foreach (var value in values)
        {
            var nearest = 0;
            for (var code = 1; code < 256; code++)
            {
                if (Math.Abs((double)map.Values[code] - value) < Math.Abs((double)map.Values[nearest] - value)) nearest = code;
            }

            Assert.True(nearest == map.Codes.Search(value), $"{value:R}: {map.Codes.Search(value)}, nearest {nearest}");
        }
    }

    /// <summary>Every bound and its neighbours, and numbers of every magnitude, in vectors of either width and one by one.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Lines_and_one_comparison_find_what_bisection_finds(bool signed)
    {
        var map = signed ? DynamicMap.Signed : DynamicMap.Unsigned;
        var values = Candidates(map).ToArray();
        var expected = values.Select(map.Codes.Search).ToArray();
        var codes = new byte[values.Length];
        map.Codes.Of(values, 1, codes);
        RequireSame(values, expected, codes, values.Length);

        Array.Clear(codes);
        RequireSame(values, expected, codes, map.Codes.Vectors256(values, 1, codes));
        for (var i = 0; i < values.Length; i += 7) // too few for a vector
        {
            var count = Math.Min(7, values.Length - i);
            map.Codes.Of(values.AsSpan(i, count), 1, codes.AsSpan(i));
        }

        RequireSame(values, expected, codes, values.Length);
    }

    [Fact]
    public void Values_are_multiplied_by_the_factor_first()
    {
        var values = Candidates(DynamicMap.Signed).Take(765).ToArray();
        var (expected, codes) = (new byte[765], new byte[765]);
        DynamicMap.Signed.Codes.Of(Array.ConvertAll(values, value => value * 0.3f), 1, expected);
        DynamicMap.Signed.Codes.Of(values, 0.3f, codes);
        Assert.Equal(expected, codes);
        Array.Clear(codes);
        Assert.Equal(752, DynamicMap.Signed.Codes.Vectors256(values, 0.3f, codes));
        Assert.Equal(expected[..752], codes[..752]);
    }

    [Fact]
    public void Numbers_that_are_none_do_no_harm()
    {
        foreach (var value in new[] { float.NaN, -float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue })
        {
            var values = Enumerable.Repeat(value, 72).ToArray();
            foreach (var map in new[] { DynamicMap.Signed, DynamicMap.Unsigned })
            {
                map.Codes.Of(values, 1, new byte[72]);
                map.Codes.Vectors256(values, 1, new byte[72]);
            }
        }
    }

    private static void RequireSame(float[] values, byte[] expected, byte[] codes, int count)
    {
        Assert.InRange(count, values.Length - 15, values.Length);
        for (var i = 0; i < count; i++) Assert.True(expected[i] == codes[i], $"{values[i]:R}: {codes[i]}, expected {expected[i]}");
    }

    private static IEnumerable<float> Candidates(DynamicMap map)
    {
        for (var code = 0; code < 255; code++)
        {
            var middle = (float)(((double)map.Values[code] + map.Values[code + 1]) / 2);
            foreach (var value in new[] { middle, MathF.BitIncrement(middle), MathF.BitDecrement(middle) }) yield return value;
        }

        for (var upper = 0u; upper <= 0x4100; upper++) // 0 to 8
        {
            foreach (var lower in new[] { 0u, 0x8000u, 0xFFFFu })
            {
                var value = BitConverter.UInt32BitsToSingle((upper << 16) | lower);
                yield return value;
                yield return -value;
            }
        }
    }
}
