using Attune.Kernels.Memory;
using Attune.Kernels.Rows;

namespace Attune.Kernels.Products;

/// <summary>Panels of a matrix whose rows are the columns of B. A pair of bf16 moves as one number of 32 bits.</summary>
internal sealed unsafe class TransposedPanels(Matrix matrix) : Panels
{
    public override int Depth => matrix.Columns;

    public override int Columns => matrix.Rows;

    public override void Pack(int firstColumn, int columns, int firstDepth, int depth, byte* panel, ProductKernel kernel)
    {
        RequireTypes(matrix, kernel);
        var source = matrix.SliceRows(firstColumn, columns).SliceColumns(firstDepth, depth);
        var (width, group) = (kernel.PanelColumns, kernel.Group);
        var units = (depth + group - 1) / group;
        if (source.Type == kernel.Type) Transpose(source, (uint*)panel, width, group);
        else Widen(source, (float*)panel, width);

        if (columns == width) return;
        for (var unit = 0; unit < units; unit++) new Span<uint>((uint*)panel + (unit * width) + columns, width - columns).Clear();
    }

    private static void Transpose(Matrix source, uint* panel, int width, int group)
    {
        var units = source.Columns / group;
        BlockTransposition.Run(
            new Matrix(source.Data, source.Rows, units, source.Stride, ElementType.Float32),
            new Matrix((byte*)panel, units, source.Rows, width * sizeof(uint), ElementType.Float32));

        // An odd depth in bf16: its last pair has one member.
        if (source.Columns % group == 0) return;
        for (var column = 0; column < source.Rows; column++) panel[(units * width) + column] = ((ushort*)source.Row(column))[source.Columns - 1];
    }

    // bf16 for an fp32 kernel.
    private static void Widen(Matrix source, float* panel, int width)
    {
        for (var column = 0; column < source.Rows; column++)
        {
            var row = (ushort*)source.Row(column);
            for (var k = 0; k < source.Columns; k++) panel[(k * width) + column] = Vectors.BFloat16Bits.Widen(row[k]);
        }
    }
}
