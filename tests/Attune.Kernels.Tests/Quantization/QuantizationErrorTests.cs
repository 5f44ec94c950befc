using System.Text.Json;
using Attune.Kernels.Quantization;

namespace Attune.Kernels.Tests.Quantization;

/// <summary>
/// The error of every scheme on N(0, 1) is the reference's: mean and root mean square within 1 %, relative within 2 %,
/// because other numbers are drawn (the reference's own four draws differ by up to 0.6 %).
/// </summary>
public class QuantizationErrorTests
{
    private const int Side = 1024;
    private static readonly float[] Values = NormalValues.Draw(Side * Side, seed: 4);

    [Theory]
    [InlineData(32)]
    [InlineData(64)]
    [InlineData(128)]
    [InlineData(256)]
    [InlineData(512)]
    [InlineData(1024)]
    [InlineData(2048)]
    [InlineData(4096)]
    public void Of_nf4(int blockSize)
    {
        var (packed, absmax, back) = (new byte[Values.Length / 2], new float[Values.Length / blockSize], new float[Values.Length]);
        Nf4.Quantize(Values, packed, absmax, blockSize);
        Nf4.Dequantize(packed, absmax, back, blockSize);
        Require($"nf4.b{blockSize}", back);
    }

    [Fact]
    public void Of_nf4_with_double_quantization()
    {
        using var matrix = Nf4Matrix.Quantize(Values, Side, Side);
        var back = new float[Values.Length];
        matrix.Decode(0, back);
        Require("nf4.b64.nested", back);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(128)]
    [InlineData(256)]
    [InlineData(512)]
    [InlineData(1024)]
    [InlineData(2048)]
    [InlineData(4096)]
    public void Of_eight_bits(int blockSize)
    {
        var (codes, absmax, back) = (new byte[Values.Length], new float[Values.Length / blockSize], new float[Values.Length]);
        EightBitBlocks.Quantize(DynamicMap.Signed, Values, codes, absmax, blockSize);
        EightBitBlocks.Dequantize(DynamicMap.Signed, codes, absmax, back, blockSize);
        Require($"dynamic_signed_8bit.b{blockSize}", back);
    }

    private static void Require(string scheme, float[] back)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Goldens.Path("quantization/errors.json")));
        var expected = document.RootElement.GetProperty("exact").GetProperty(scheme);
        var (sum, squares, relative) = (0.0, 0.0, 0.0);
        for (var i = 0; i < back.Length; i++)
        {
            var error = Math.Abs((double)back[i] - Values[i]);
            sum += error;
            squares += error * error;
            relative += error / (Math.Abs(Values[i]) + 1e-8);
        }

        Near("mean_abs_error", sum / back.Length, 0.01);
        Near("rms_error", Math.Sqrt(squares / back.Length), 0.01);
        Near("mean_relative_error", relative / back.Length, 0.02);

        void Near(string name, double ours, double tolerance)
        {
            var theirs = expected.GetProperty(name).GetProperty("mean").GetDouble();
            Assert.True(Math.Abs(ours - theirs) <= tolerance * theirs, $"{scheme}: {name} {ours}, expected {theirs}");
        }
    }
}
