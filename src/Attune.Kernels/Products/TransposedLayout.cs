using Attune.Kernels.Memory;
using Attune.Kernels.Rows;

namespace Attune.Kernels.Products;

/// <summary>Lays out a panel from rows that are its columns. A pair of bf16 moves as one number of 32 bits.</summary>
internal static unsafe class TransposedLayout
{
    /// <summary>Writes it, zeros in columns that are missing.</summary>
    /// <param name="source">[columns, depth] in the kernel's type.</param>
    /// <param name="panel">[⌈depth ÷ group⌉, panel columns, group].</param>
    /// <param name="kernel">Whose layout.</param>
    public static void Write(Matrix source, byte* panel, ProductKernel kernel)
    {
        var (width, group) = (kernel.PanelColumns, kernel.Group);
        Transpose(source, (uint*)panel, width, group);
        if (source.Rows == width) return;
        var units = (source.Columns + group - 1) / group;
        for (var unit = 0; unit < units; unit++) new Span<uint>((uint*)panel + (unit * width) + source.Rows, width - source.Rows).Clear();
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
}
