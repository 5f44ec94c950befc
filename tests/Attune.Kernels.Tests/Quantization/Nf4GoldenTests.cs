using System.Text.Json;
using Attune.Kernels.Quantization;

namespace Attune.Kernels.Tests.Quantization;

/// <summary>bitsandbytes' own codes, scales and values: equal bit for bit, where nothing is summed.</summary>
public class Nf4GoldenTests
{
    private readonly GoldenTensors _goldens = new(Goldens.Path("quantization/blockwise_4bit.safetensors"));

    [Fact]
    public void Codes_scales_and_values_of_single_quantization_equal_the_reference()
    {
        var compared = 0;
        foreach (var (name, input, blockSize, dtype) in Cases(doubleQuantized: false))
        {
            var values = _goldens.Floats(input);
            var (packed, absmax) = (new byte[Nf4.PackedBytes(values.Length)], new float[Nf4.Blocks(values.Length, blockSize)]);
            Nf4.Quantize(values, packed, absmax, blockSize);
            Assert.True(_goldens.Bytes($"case/{name}/packed").AsSpan().SequenceEqual(packed), $"{name}: codes");
            Assert.Equal(_goldens.Floats($"case/{name}/absmax"), absmax);
            RequireValues(name, dtype, packed, absmax, values.Length, blockSize);
            compared++;
        }

        Assert.Equal(21, compared);
    }

    [Fact]
    public void Double_quantization_equals_the_reference()
    {
        var compared = 0;
        foreach (var (name, input, blockSize, dtype) in Cases(doubleQuantized: true))
        {
            var values = _goldens.Floats(input);
            using var matrix = dtype == "bfloat16"
                ? Nf4Matrix.Quantize(_goldens.Words(input), 1, values.Length)
                : Nf4Matrix.Quantize(values, 1, values.Length);
            Assert.True(_goldens.Bytes($"case/{name}/packed").AsSpan().SequenceEqual(matrix.Packed), $"{name}: codes");

            // The mean depends on the order of summation; what is near a bound may then fall to the other side.
            var (codes, nested, offset) = (_goldens.Bytes($"case/{name}/absmax_q"), _goldens.Floats($"case/{name}/nested_absmax"), _goldens.Floats($"case/{name}/offset")[0]);
            Assert.Equal(offset, matrix.Offset, Math.Abs(offset) * 1e-6f);
            var ours = matrix.AbsmaxCodes.ToArray();
            Assert.All(codes.Zip(ours), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 1));
            Assert.InRange(codes.Zip(ours).Count(pair => pair.First != pair.Second), 0, codes.Length / 100);
            Assert.All(nested.Zip(matrix.NestedAbsmax.ToArray()), pair => Assert.Equal(pair.First, pair.Second, Math.Abs(offset) * 1e-6f));

            // From the reference's codes on, everything is exact again.
            var absmax = new float[codes.Length];
            DoubleQuantization.Dequantize(codes, nested, offset, 0, absmax);
            Assert.Equal(_goldens.Floats($"case/{name}/absmax_dequantized"), absmax);
            RequireValues(name, dtype, matrix.Packed, absmax, values.Length, blockSize);
            compared++;
        }

        Assert.Equal(5, compared);
    }

    private void RequireValues(string name, string dtype, ReadOnlySpan<byte> packed, ReadOnlySpan<float> absmax, int count, int blockSize)
    {
        var (expected, ours, bf16) = ($"case/{name}/dequantized", new float[count], new ushort[count]);
        Nf4.Dequantize(packed, absmax, ours, blockSize);
        Nf4.Dequantize(packed, absmax, bf16, blockSize);
        if (dtype == "bfloat16") Assert.True(_goldens.Words(expected).AsSpan().SequenceEqual(bf16), $"{name}: values");
        else if (dtype == "float16") Assert.Equal(_goldens.Floats(expected), ours.Select(value => (float)(Half)value));
        else Assert.Equal(_goldens.Floats(expected), ours);
    }

    /// <summary>The NF4 cases. FP4, of which the file has as many, is not built.</summary>
    private static IEnumerable<(string Name, string Input, int BlockSize, string Dtype)> Cases(bool doubleQuantized)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Goldens.Path("quantization/blockwise_4bit.json")));
        foreach (var element in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            if (element.GetProperty("quant_type").GetString() != "nf4" || element.GetProperty("double_quantized").GetBoolean() != doubleQuantized) continue;
            yield return (element.GetProperty("name").GetString()!, element.GetProperty("input").GetString()!, element.GetProperty("blocksize").GetInt32(), element.GetProperty("dtype").GetString()!);
        }
    }
}
