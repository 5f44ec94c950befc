using Attune.Kernels.Memory;
using Attune.Kernels.Quantization;

namespace Attune.Kernels.Products;

/// <summary>Panels of weights in 4 bits, decoded on the way: what is stored is all there ever is of them in memory.</summary>
internal sealed unsafe class Nf4Panels(Nf4Matrix matrix, bool isTransposed) : Panels(matrix.Rows, matrix.Columns, isTransposed)
{
    private protected override bool IsStoredAs(ElementType type) => false;

    private protected override Matrix Read(int row, int rows, int column, int columns, ElementType type, byte* room)
    {
        var decoded = Matrix.Dense(room, rows, columns, type);
        for (var i = 0; i < rows; i++)
        {
            var first = ((long)(row + i) * matrix.Columns) + column;
            if (type == ElementType.Float32) matrix.Decode(first, new Span<float>(decoded.Row(i), columns));
            else matrix.Decode(first, new Span<ushort>(decoded.Row(i), columns));
        }

        return decoded;
    }
}
