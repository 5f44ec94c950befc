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

    /// <summary>Every bin of the table at its ends and in its middle, every bound and its neighbours, in vectors and one by one.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_table_finds_what_bisection_finds(bool signed)
    {
        var map = signed ? DynamicMap.Signed : DynamicMap.Unsigned;
        var values = Candidates(map).ToArray();
        var codes = new byte[values.Length];
        map.Codes.Of(values, 1, codes);
        var expected = values.Select(map.Codes.Search).ToArray();
        for (var i = 0; i < values.Length; i++) Assert.True(expected[i] == codes[i], $"{values[i]:R}: {codes[i]}, expected {expected[i]}");
        for (var i = 0; i < values.Length; i += 7) // too few for a vector
        {
            map.Codes.Of(values.AsSpan(i, Math.Min(7, values.Length - i)), 1, codes);
            Assert.True(expected.AsSpan(i, Math.Min(7, values.Length - i)).SequenceEqual(codes.AsSpan(0, Math.Min(7, values.Length - i))), $"from {values[i]:R}");
        }
    }

    [Fact]
    public void Numbers_that_are_none_do_no_harm()
    {
        var values = Enumerable.Repeat(float.NaN, 20).ToArray();
        DynamicMap.Signed.Codes.Of(values, 1, new byte[20]);
        DynamicMap.Unsigned.Codes.Of(Array.ConvertAll(values, value => -value), 1, new byte[20]);
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
