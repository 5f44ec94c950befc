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
        for (; Avx2.IsSupported && column + 8 <= source.Rows; column += 8) Transpose8(source.SliceRows(column, 8), panel + column, units, width);
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

    // 8 columns of B. Rounds of interleaving 1, 2 and 4 units of 32 bits turn 8 × 8 of them.
    private static void Transpose8(Matrix rows, uint* target, int units, int width)
    {
        var data = rows.Data;
        var stride = rows.Stride;
        var unit = 0;
        for (; unit + 8 <= units; unit += 8, target += 8 * width)
        {
            var from = data + (unit * sizeof(uint));
            var (a, b) = Pairs(from, from + stride);
            var (c, d) = Pairs(from + (2 * stride), from + (3 * stride));
            var (e, f) = Pairs(from + (4 * stride), from + (5 * stride));
            var (g, h) = Pairs(from + (6 * stride), from + (7 * stride));
            Store(Avx2.UnpackLow(a, c), Avx2.UnpackLow(e, g), target, 4 * width);
            Store(Avx2.UnpackHigh(a, c), Avx2.UnpackHigh(e, g), target + width, 4 * width);
            Store(Avx2.UnpackLow(b, d), Avx2.UnpackLow(f, h), target + (2 * width), 4 * width);
            Store(Avx2.UnpackHigh(b, d), Avx2.UnpackHigh(f, h), target + (3 * width), 4 * width);
        }

        for (; unit < units; unit++, target += width)
        {
            for (var column = 0; column < 8; column++) target[column] = ((uint*)(data + (column * stride)))[unit];
        }

        static (Vector256<ulong> Low, Vector256<ulong> High) Pairs(byte* first, byte* second)
        {
            var (x, y) = (Vector256.Load((uint*)first), Vector256.Load((uint*)second));
            return (Avx2.UnpackLow(x, y).AsUInt64(), Avx2.UnpackHigh(x, y).AsUInt64());
        }

        // The lower halves are a row, the upper ones the row four below it.
        static void Store(Vector256<ulong> left, Vector256<ulong> right, uint* row, int below)
        {
            Avx2.Permute2x128(left, right, 0x20).Store((ulong*)row);
            Avx2.Permute2x128(left, right, 0x31).Store((ulong*)(row + below));
        }
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
