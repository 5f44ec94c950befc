using Attune.Kernels.Memory;
using Attune.Kernels.Rows;
using Attune.Kernels.Vectors;

namespace Attune.Kernels.Tests.Rows;

/// <summary>The narrow paths of kernels that the fused decoder's tests reach in the processor's own width only.</summary>
public sealed unsafe class RowKernelTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(75)]
    public void Norms_are_the_same_in_every_width(int size)
    {
        using var input = new RandomMatrix(4, size, ElementType.Float32, 1);
        using var wide = new MatrixMemory(size, ElementType.Float32);
        using var narrow = new MatrixMemory(size, ElementType.Float32);
        float* x = input.View.Floats(0), w = input.View.Floats(1), g = input.View.Floats(2);
        var (a, b) = (wide.Of(3), narrow.Of(3));
        RmsNormKernel.Forward<Lanes512, Float32, Float32>((byte*)x, w, 1e-5, a.Row(0), size);
        RmsNormKernel.Forward<Lanes256, Float32, Float32>((byte*)x, w, 1e-5, b.Row(0), size);
        RmsNormKernel.Backward<Lanes512, Float32, Float32>((byte*)x, w, 1e-5, g, a.Floats(1), a.Row(2), size);
        RmsNormKernel.Backward<Lanes256, Float32, Float32>((byte*)x, w, 1e-5, g, b.Floats(1), b.Row(2), size);
        AssertClose(a, b);
    }

    [Theory]
    [InlineData(ElementType.Float32, 33, 20)]
    [InlineData(ElementType.BFloat16, 33, 20)]
    [InlineData(ElementType.BFloat16, 8, 8)]
    [InlineData(ElementType.Float32, 3, 300)]
    public void Transposing_moves_every_element_and_pads_an_odd_row(ElementType type, int rows, int columns)
    {
        using var source = new RandomMatrix(rows, columns, type, 5);
        using var memory = new MatrixMemory(rows + 1, type);
        var padded = memory.Of(columns);
        for (var column = 0; column < columns; column++) new Span<byte>(padded.Row(column), (rows + 1) * type.Size()).Fill(255);
        BlockTransposition.Run(source.View, padded.SliceColumns(0, rows));
        for (var column = 0; column < columns; column++)
        {
            for (var row = 0; row < rows; row++)
            {
                var found = type == ElementType.Float32 ? padded.Floats(column)[row] : BitConverter.UInt32BitsToSingle((uint)((ushort*)padded.Row(column))[row] << 16);
                Assert.Equal(source[row, column], found);
            }

            if (type == ElementType.BFloat16 && rows % 2 == 1) Assert.Equal(0, ((ushort*)padded.Row(column))[rows]);
        }
    }

    private static void AssertClose(Matrix left, Matrix right)
    {
        for (var row = 0; row < left.Rows; row++)
        {
            for (var i = 0; i < left.Columns; i++) Assert.Equal(left.Floats(row)[i], right.Floats(row)[i], 1e-5f);
        }
    }
}
