using Attune.Kernels.Quantization;

namespace Attune.Kernels.Tests.Quantization;

public class Nf4Tests
{
    [Theory]
    [InlineData(1, 64)]
    [InlineData(63, 64)]
    [InlineData(64, 64)]
    [InlineData(65, 64)]
    [InlineData(997, 64)]
    [InlineData(1000, 32)]
    [InlineData(1001, 130)] // a block that is no multiple of a vector
    public void Every_code_is_that_of_the_nearest_value(int count, int blockSize)
    {
        var values = NormalValues.Draw(count, seed: count);
        var (packed, absmax) = Quantized(values, blockSize);
        for (var i = 0; i < count; i++)
        {
            var scale = values[(i / blockSize * blockSize)..Math.Min(count, (i / blockSize * blockSize) + blockSize)].Max(MathF.Abs);
            Assert.Equal(scale, absmax[i / blockSize]);
            var nearest = Nf4Codes.Values.ToArray().Min(value => Math.Abs(value - ((double)values[i] / scale)));
            var ours = Math.Abs(Nf4Codes.Values[Code(packed, i)] - ((double)values[i] / scale));
            Assert.Equal(nearest, ours, 1e-7); // a rounding of the quotient may decide where both are equally near
        }

        if (count % 2 == 1) Assert.Equal(Nf4Codes.Zero, packed[^1] & 15);
    }

    [Fact]
    public void Values_of_the_table_survive_a_round_trip_at_any_scale()
    {
        foreach (var scale in new[] { 1e-30f, 0.37f, 1f, 1e30f })
        {
            // The largest magnitude is a value of the table, so that every block is scaled alike.
            var values = Enumerable.Range(0, 640).Select(i => Nf4Codes.Values[i * 7 % 16] * scale).ToArray();
            var (packed, absmax) = Quantized(values, 64);
            Assert.All(absmax, value => Assert.Equal(scale, value));
            var back = new float[values.Length];
            Nf4.Dequantize(packed, absmax, back);
            Assert.Equal(values, back);
        }
    }

    [Fact]
    public void Blocks_of_zeros_are_zeros_again()
    {
        var (packed, absmax) = Quantized(new float[64 + 3], 64);
        Assert.Equal([0f, 1e-38f], absmax); // the reference keeps the divisor of a short last block
        Assert.All(packed, pair => Assert.Equal(0x77, pair));
        var back = new float[67];
        Nf4.Dequantize(packed, absmax, back);
        Assert.All(back, value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Values_that_are_not_finite_are_refused_with_their_place(float value)
    {
        foreach (var at in new[] { 70, 191, 193 })
        {
            var values = new float[195];
            values[at] = value;
            var error = Assert.Throws<ArgumentException>(() => Quantized(values, 64));
            Assert.Contains($"Values {at / 64 * 64} to {Math.Min((at / 64 * 64) + 63, 194)} are", error.Message);
        }
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Nf4.Quantize(new float[65], new byte[32], new float[2]));
        Assert.Throws<ArgumentException>(() => Nf4.Quantize(new float[65], new byte[33], new float[1]));
        Assert.Throws<ArgumentException>(() => Nf4.Dequantize(new byte[33], new float[2], new float[64]));
        Assert.Throws<ArgumentException>(() => Nf4.Dequantize(new byte[33], new float[2], new ushort[67]));
        Assert.Throws<ArgumentException>(() => Nf4.Quantize(new float[65], new byte[33], new float[13], blockSize: 5));
    }

    private static (byte[] Packed, float[] Absmax) Quantized(float[] values, int blockSize)
    {
        var (packed, absmax) = (new byte[Nf4.PackedBytes(values.Length)], new float[Nf4.Blocks(values.Length, blockSize)]);
        Nf4.Quantize(values, packed, absmax, blockSize);
        return (packed, absmax);
    }

    private static int Code(byte[] packed, int i) => (i % 2 == 0 ? packed[i / 2] >> 4 : packed[i / 2]) & 15;
}
