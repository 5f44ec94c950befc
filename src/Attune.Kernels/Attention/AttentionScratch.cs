using Attune.Kernels.Memory;
using Attune.Kernels.Products;

namespace Attune.Kernels.Attention;

/// <summary>Hands out pieces of one thread's scratch memory, one after the other.</summary>
internal unsafe struct AttentionScratch(byte* start, ProductKernel kernel)
{
    private const int Alignment = 64;

    /// <summary>Bytes handed out.</summary>
    public nint Used { get; private set; }

    /// <summary>[rows, columns] with rows at multiples of 64 bytes.</summary>
    public Matrix Take(int rows, int columns, ElementType type)
    {
        var matrix = new Matrix(start + Used, rows, columns, MatrixMemory.StrideOf(columns, type), type);
        Used += matrix.Stride * rows;
        return matrix;
    }

    /// <summary>fp32 sums of so many columns, padded to whole panels.</summary>
    public Matrix TakeSums(int rows, int columns) => Take(rows, PanelsOf(columns) * kernel.PanelColumns, ElementType.Float32);

    /// <summary>Panels of a matrix [depth, columns].</summary>
    public PackedPanels TakePanels(int depth, int columns)
    {
        var bytes = (nint)(depth + 1) / kernel.Group * kernel.Group * kernel.PanelColumns * kernel.Type.Size();
        var panels = new PackedPanels(start + Used, bytes, kernel);
        Used = (Used + (bytes * PanelsOf(columns)) + Alignment - 1) & -Alignment;
        return panels;
    }

    private readonly int PanelsOf(int columns) => (columns + kernel.PanelColumns - 1) / kernel.PanelColumns;
}

/// <summary>A matrix laid out in panels once and used by several products.</summary>
/// <param name="data">Panel after panel.</param>
/// <param name="bytes">Of one panel.</param>
/// <param name="kernel">Whose layout.</param>
internal readonly unsafe struct PackedPanels(byte* data, nint bytes, ProductKernel kernel)
{
    /// <summary>Lays out B.</summary>
    public void Pack(Panels source)
    {
        for (int column = 0, panel = 0; column < source.Columns; column += kernel.PanelColumns, panel++)
            source.Pack(column, Math.Min(kernel.PanelColumns, source.Columns - column), 0, source.Depth, data + (panel * bytes), kernel);
    }

    /// <summary>C = A · B or C += A · B.</summary>
    /// <param name="a">Its data and stride; [rows, depth].</param>
    /// <param name="rows">Rows of A to use.</param>
    /// <param name="depth">Rows of B to use.</param>
    /// <param name="columns">Columns of B to use.</param>
    /// <param name="sums">C, padded to whole panels.</param>
    /// <param name="accumulate">Whether C is added to.</param>
    public void Multiply(Matrix a, int rows, int depth, int columns, Matrix sums, bool accumulate)
    {
        depth = (depth + kernel.Group - 1) / kernel.Group * kernel.Group;
        for (int column = 0, panel = 0; column < columns; column += kernel.PanelColumns, panel++)
        {
            kernel.Multiply(
                a.Data, a.Stride, data + (panel * bytes), (float*)sums.Data + column, sums.Stride, depth, rows, Math.Min(kernel.PanelColumns, columns - column), accumulate);
        }
    }
}
