using System.Text.Json;
using Attune.Kernels.Quantization;
using Attune.Kernels.Vectors;

namespace Attune.Kernels.Tests.Quantization;

public class EightBitBlocksTests
{
    /// <summary>
    /// Bit for bit. The reference's "native CPU" codes, which take zero for something else, are not the ones compared; its
    /// one case of a linear map, which nothing uses, is left out.
    /// </summary>
    [Fact]
    public void Codes_scales_and_values_equal_the_reference()
    {
        var goldens = new GoldenTensors(Goldens.Path("quantization/blockwise_8bit.safetensors"));
        using var document = JsonDocument.Parse(File.ReadAllText(Goldens.Path("quantization/blockwise_8bit.json")));
        var compared = 0;
        foreach (var element in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            var (name, kind, dtype) = (element.GetProperty("name").GetString(), element.GetProperty("map").GetString(), element.GetProperty("dtype").GetString());
            if (kind == "linear_signed") continue;
            var map = kind == "dynamic_signed" ? DynamicMap.Signed : DynamicMap.Unsigned;
            var blockSize = element.GetProperty("blocksize").GetInt32();
            var values = goldens.Floats(element.GetProperty("input").GetString()!);
            var (codes, absmax) = Quantized(map, values, blockSize);
            Assert.True(goldens.Bytes($"case/{name}/codes").AsSpan().SequenceEqual(codes), $"{name}: codes");
            Assert.Equal(goldens.Floats($"case/{name}/absmax"), absmax);

            var back = new float[values.Length];
            EightBitBlocks.Dequantize(map, codes, absmax, back, blockSize);
            var expected = goldens.Floats($"case/{name}/dequantized");
            if (dtype == "bfloat16") Assert.Equal(expected.Select(BFloat16Bits.Of), back.Select(BFloat16Bits.Of));
            else if (dtype == "float16") Assert.Equal(expected, back.Select(value => (float)(Half)value));
            else Assert.Equal(expected, back);
            compared++;
        }

        Assert.Equal(11, compared);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(1000)]
    public void Values_of_the_map_survive_a_round_trip(int count)
    {
        foreach (var map in new[] { DynamicMap.Signed, DynamicMap.Unsigned })
        {
            // The first of each block is the largest, so that every block has the scale 2.
            var values = Enumerable.Range(0, count).Select(i => 2 * map.Values[255 - (i % 256)]).ToArray();
            var (codes, absmax) = Quantized(map, values, 256);
            Assert.All(absmax, scale => Assert.Equal(2, scale));
            Assert.Equal(Enumerable.Range(0, count).Select(i => (byte)(255 - (i % 256))), codes);
            var back = new float[count];
            EightBitBlocks.Dequantize(map, codes, absmax, back);
            Assert.Equal(values, back);
        }
    }

    [Fact]
    public void Zeros_are_zeros_again_in_blocks_of_any_length()
    {
        foreach (var map in new[] { DynamicMap.Signed, DynamicMap.Unsigned })
        {
            var (codes, absmax) = Quantized(map, new float[300], 256);
            Assert.Equal([0f, 0f], absmax);
            Assert.All(codes, code => Assert.Equal(0, map.Values[code]));
        }
    }

    [Fact]
    public void A_value_that_is_not_finite_is_seen_in_the_scale_of_its_block_only()
    {
        var values = Enumerable.Repeat(1f, 600).ToArray();
        values[300] = float.NaN;
        values[599] = float.NegativeInfinity;
        Assert.Equal([1f, float.NaN, float.PositiveInfinity], Quantized(DynamicMap.Signed, values, 256).Absmax);
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => EightBitBlocks.Quantize(DynamicMap.Signed, new float[257], new byte[256], new float[2]));
        Assert.Throws<ArgumentException>(() => EightBitBlocks.Quantize(DynamicMap.Signed, new float[257], new byte[257], new float[1]));
        Assert.Throws<ArgumentException>(() => EightBitBlocks.Dequantize(DynamicMap.Signed, new byte[257], new float[2], new float[256]));
    }

    private static (byte[] Codes, float[] Absmax) Quantized(DynamicMap map, float[] values, int blockSize)
    {
        var (codes, absmax) = (new byte[values.Length], new float[EightBitBlocks.Blocks(values.Length, blockSize)]);
        EightBitBlocks.Quantize(map, values, codes, absmax, blockSize);
        return (codes, absmax);
    }
}
