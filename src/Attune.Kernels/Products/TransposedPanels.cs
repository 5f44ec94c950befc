using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Attune.Kernels.Memory;

namespace Attune.Kernels.Products;

/// <summary>Panels of a matrix whose rows are the columns of B. A pair of bf16 or one fp32 is moved as 32 bits.</summary>
internal sealed unsafe class TransposedPanels(Matrix matrix) : Panels
{
    public override int Depth => matrix.Columns;

    public override int Columns => matrix.Rows;

    public override void Pack(int firstColumn, int columns, int firstDepth, int depth, byte* panel, ProductKernel kernel)
    {
        RequireTypes(matrix, kernel);
        var source = matrix.SliceRows(firstColumn, columns).SliceColumns(firstDepth, depth);
        var width = kernel.PanelColumns;
        if (source.Type == kernel.Type) Transpose(source, (uint*)panel, width, kernel.Group);
        else Widen(source, (uint*)panel, width);
    }

    private static void Transpose(Matrix source, uint* panel, int width, int group)
    {
        var units = source.Columns / group;
        var column = 0;
        for (; Sse2.IsSupported && column + 4 <= source.Rows; column += 4)
        {
            uint* r0 = (uint*)source.Row(column), r1 = (uint*)source.Row(column + 1), r2 = (uint*)source.Row(column + 2), r3 = (uint*)source.Row(column + 3);
            var target = panel + column;
            var unit = 0;
            for (; unit + 4 <= units; unit += 4, target += 4 * width)
            {
                var (a, b, c, d) = Transposed(Vector128.Load(r0 + unit), Vector128.Load(r1 + unit), Vector128.Load(r2 + unit), Vector128.Load(r3 + unit));
                a.Store(target);
                b.Store(target + width);
                c.Store(target + (2 * width));
                d.Store(target + (3 * width));
            }

            for (; unit < units; unit++, target += width)
                Vector128.Create(r0[unit], r1[unit], r2[unit], r3[unit]).Store(target);
        }

        for (; column < source.Rows; column++)
        {
            var row = (uint*)source.Row(column);
            for (var unit = 0; unit < units; unit++) panel[(unit * width) + column] = row[unit];
        }

        // An odd depth in bf16: its last pair has one member.
        if (source.Columns % group != 0)
        {
            for (column = 0; column < source.Rows; column++) panel[(units * width) + column] = ((ushort*)source.Row(column))[source.Columns - 1];
            units++;
        }

        ClearMissing(panel, source.Rows, units, width);
    }

    // bf16 for an fp32 kernel.
    private static void Widen(Matrix source, uint* panel, int width)
    {
        for (var column = 0; column < source.Rows; column++)
        {
            var row = (ushort*)source.Row(column);
            for (var k = 0; k < source.Columns; k++) panel[(k * width) + column] = (uint)row[k] << 16;
        }

        ClearMissing(panel, source.Rows, source.Columns, width);
    }

    private static void ClearMissing(uint* panel, int columns, int rows, int width)
    {
        if (columns == width) return;
        for (var row = 0; row < rows; row++) new Span<uint>(panel + (row * width) + columns, width - columns).Clear();
    }

    private static (Vector128<uint> A, Vector128<uint> B, Vector128<uint> C, Vector128<uint> D) Transposed(
        Vector128<uint> a, Vector128<uint> b, Vector128<uint> c, Vector128<uint> d)
    {
        var (ab, abHigh) = (Sse2.UnpackLow(a, b), Sse2.UnpackHigh(a, b));
        var (cd, cdHigh) = (Sse2.UnpackLow(c, d), Sse2.UnpackHigh(c, d));
        return (
            Sse2.UnpackLow(ab.AsUInt64(), cd.AsUInt64()).AsUInt32(), Sse2.UnpackHigh(ab.AsUInt64(), cd.AsUInt64()).AsUInt32(),
            Sse2.UnpackLow(abHigh.AsUInt64(), cdHigh.AsUInt64()).AsUInt32(), Sse2.UnpackHigh(abHigh.AsUInt64(), cdHigh.AsUInt64()).AsUInt32());
    }
}
