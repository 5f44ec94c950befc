using Attune.Kernels.Memory;
using Attune.Kernels.Rows;

namespace Attune.Kernels.Products;

/// <summary>Panels of a matrix of fp32 or bf16.</summary>
internal sealed unsafe class MatrixPanels(Matrix matrix, bool isTransposed) : Panels(matrix.Rows, matrix.Columns, isTransposed)
{
    public override Matrix? InPlace(ElementType type) => !IsTransposed && type == matrix.Type ? matrix : null;

    private protected override bool IsStoredAs(ElementType type) => type == matrix.Type;

    private protected override Matrix Read(int row, int rows, int column, int columns, ElementType type, byte* room)
    {
        var part = matrix.SliceRows(row, rows).SliceColumns(column, columns);
        if (type == matrix.Type) return part;
        var converted = Matrix.Dense(room, rows, columns, type);
        for (var i = 0; i < rows; i++) Conversion.Copy(part.Type, part.Row(i), type, converted.Row(i), columns, 1);
        return converted;
    }
}
