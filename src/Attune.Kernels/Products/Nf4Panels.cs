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
        matrix.Decode(row, column, decoded);
        return decoded;
    }
}
