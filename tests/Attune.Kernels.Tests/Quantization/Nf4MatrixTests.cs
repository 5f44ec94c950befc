using Attune.Kernels.Memory;
using Attune.Kernels.Quantization;
using Attune.Kernels.Vectors;

namespace Attune.Kernels.Tests.Quantization;

public class Nf4MatrixTests
{
    private const int Rows = 271, Columns = 249; // 67,479 values: blocks run on through the rows, the last has 23
    private static readonly float[] Weights = NormalValues.Draw(Rows * Columns, seed: 1);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(0, 64)]
    [InlineData(2, 61)]
    [InlineData(62, 4)]
    [InlineData(640, 577)]
    [InlineData(12_346, 20_001)] // more scales than are decoded at a time
    [InlineData(67_400, 79)]     // up to the end
    [InlineData(67_478, 1)]
    public void Any_part_is_that_part_of_the_whole(int first, int count)
    {
        using var matrix = Nf4Matrix.Quantize(Weights, Rows, Columns);
        var whole = Decoded(matrix);
        var (part, bf16) = (new float[count], new ushort[count]);
        matrix.Decode(first, part);
        matrix.Decode(first, bf16);
        Assert.Equal(whole[first..(first + count)], part);
        Assert.Equal(part.Select(BFloat16Bits.Of), bf16);
    }

    /// <summary>Half the widest gap between codes is 0.152 of a block's scale; a quantized scale is off by a little more.</summary>
    [Fact]
    public void Weights_come_back_within_half_a_gap_of_the_table()
    {
        using var matrix = Nf4Matrix.Quantize(Weights, Rows, Columns);
        var back = Decoded(matrix);
        for (var block = 0; block < Weights.Length; block += Nf4.BlockSize)
        {
            var ends = block..Math.Min(block + Nf4.BlockSize, Weights.Length);
            var scale = Weights[ends].Max(MathF.Abs);
            Assert.All(Weights[ends].Zip(back[ends]), pair => Assert.Equal(pair.First, pair.Second, 0.16f * scale));
        }
    }

    [Fact]
    public void Bf16_weights_give_the_matrix_of_the_same_weights_in_fp32()
    {
        var bf16 = Array.ConvertAll(Weights, BFloat16Bits.Of);
        using var matrix = Nf4Matrix.Quantize(bf16, Rows, Columns);
        using var same = Nf4Matrix.Quantize(Array.ConvertAll(bf16, bits => BitConverter.UInt32BitsToSingle((uint)bits << 16)), Rows, Columns);
        Assert.True(same.Packed.SequenceEqual(matrix.Packed));
        Assert.True(same.AbsmaxCodes.SequenceEqual(matrix.AbsmaxCodes));
        Assert.True(same.NestedAbsmax.SequenceEqual(matrix.NestedAbsmax));
        Assert.Equal(same.Offset, matrix.Offset);
    }

    [Fact]
    public void A_weight_takes_half_a_byte_and_a_sixtieth()
    {
        using var matrix = Nf4Matrix.Quantize(new float[512 * 1024], 512, 1024);
        Assert.Equal((256 * 1024) + 8192 + (4 * 32) + 4, matrix.Bytes);
        Assert.Equal(0.516, matrix.BytesPerWeight, 5e-4);
        Assert.All(Decoded(matrix), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Values_can_be_read_from_any_place()
    {
        using var matrix = Nf4Matrix.Quantize(Weights, Rows, Columns);
        var all = Decoded(matrix);
        foreach (var (first, count) in ((int, int)[])[(1, 1), (1, 2), (63, 2), (65, 130), (Weights.Length - 1, 1), (7, Weights.Length - 7)])
        {
            var (values, bf16) = (new float[count], new ushort[count]);
            matrix.Decode(first, values);
            matrix.Decode(first, bf16);
            Assert.Equal<float>(all[first..(first + count)], values);
            Assert.Equal<ushort>(Array.ConvertAll(values, BFloat16Bits.Of), bf16);
        }
    }

    [Theory]
    [InlineData(10, 192, 2, 48, 5, 96)]
    [InlineData(10, 192, 0, 16, 10, 16)]
    [InlineData(600, 48, 1, 0, 599, 48)]
    [InlineData(7, 37, 2, 5, 4, 31)]
    [InlineData(7, 37, 6, 36, 1, 1)]
    [InlineData(5, 64, 1, 8, 3, 24)]
    public unsafe void A_part_has_the_values_of_the_whole(int rows, int columns, int row, int column, int height, int width)
    {
        using var matrix = Nf4Matrix.Quantize(NormalValues.Draw(rows * columns, seed: 3), rows, columns);
        var all = Decoded(matrix);
        using var fp32 = new MatrixMemory(width, ElementType.Float32);
        using var bf16 = new MatrixMemory(width, ElementType.BFloat16);
        var (floats, halves) = (fp32.Of(height), bf16.Of(height));
        matrix.Decode(row, column, floats);
        matrix.Decode(row, column, halves);
        for (var i = 0; i < height; i++)
        {
            var expected = all.AsSpan(((row + i) * columns) + column, width);
            Assert.True(expected.SequenceEqual(new ReadOnlySpan<float>(floats.Row(i), width)));
            Assert.Equal<ushort>([.. expected.ToArray().Select(BFloat16Bits.Of)], new ReadOnlySpan<ushort>(halves.Row(i), width).ToArray());
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Decode(rows - height + 1, 0, fp32.Of(height)));
    }

    [Fact]
    public void Wrong_places_and_shapes_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Nf4Matrix.Quantize(new float[11], 3, 4));
        Assert.Throws<ArgumentException>(() => Nf4Matrix.Quantize([1f, float.NaN], 1, 2));
        var matrix = Nf4Matrix.Quantize(new float[12], 3, 4);
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Decode(-2, new float[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Decode(10, new ushort[3]));
        matrix.Dispose();
        Assert.Throws<ObjectDisposedException>(() => matrix.Decode(0, new float[2]));
        matrix.Dispose();
    }

    private static float[] Decoded(Nf4Matrix matrix)
    {
        var values = new float[matrix.Rows * matrix.Columns];
        matrix.Decode(0, values);
        return values;
    }
}
