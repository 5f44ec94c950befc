using System.Runtime.CompilerServices;
using Attune.Kernels.Memory;
using Attune.Kernels.Rows;

namespace Attune.Kernels.Products;

/// <summary>What is commonly done with the results of a product.</summary>
public static unsafe class Sinks
{
    /// <summary>target = factor × result, rounded to its type.</summary>
    public static TileSink Store(Matrix target, float factor = 1) => (firstRow, rows, firstColumn, columns, tiles) =>
    {
        for (var row = 0; row < rows; row++)
        {
            var to = target.Row(firstRow + row) + ((nint)firstColumn * target.Type.Size());
            Conversion.Copy(ElementType.Float32, (byte*)tiles.Row(0, row), target.Type, to, columns, factor);
        }
    };

    /// <summary>target = source + result, fp32.</summary>
    public static TileSink Add(Matrix source, Matrix target) => (firstRow, rows, firstColumn, columns, tiles) =>
    {
        for (var row = 0; row < rows; row++)
        {
            float* from = source.Floats(firstRow + row) + firstColumn, to = target.Floats(firstRow + row) + firstColumn;
            FloatRows.Add(from, tiles.Row(0, row), 1, to, columns);
        }
    };

    /// <summary>target += factor × result, fp32.</summary>
    public static TileSink Accumulate(Matrix target, float factor = 1) => (firstRow, rows, firstColumn, columns, tiles) =>
    {
        for (var row = 0; row < rows; row++)
        {
            var to = target.Floats(firstRow + row) + firstColumn;
            FloatRows.Add(to, tiles.Row(0, row), factor, to, columns);
        }
    };

    /// <summary>target = factor × resultᵀ, or target += that, fp32.</summary>
    public static TileSink Transposed(Matrix target, float factor, bool adds) => [SkipLocalsInit] (firstRow, rows, firstColumn, columns, tiles) =>
    {
        const int block = 64, widest = 48;
        var room = stackalloc float[block * widest];
        for (var row = 0; row < rows; row += block)
        {
            var count = Math.Min(block, rows - row);
            var turned = Matrix.Dense((byte*)room, columns, count, ElementType.Float32);
            BlockTransposition.Run(tiles.Part(0, row, count, columns), turned);
            for (var i = 0; i < columns; i++)
            {
                var to = target.Floats(firstColumn + i) + firstRow + row;
                if (adds) FloatRows.Add(to, turned.Floats(i), factor, to, count);
                else FloatRows.Stream(turned.Floats(i), factor, to, count);
            }
        }
    };
}
