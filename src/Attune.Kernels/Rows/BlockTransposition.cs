using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Attune.Kernels.Memory;

namespace Attune.Kernels.Rows;

/// <summary>Transposes a matrix on the calling thread, for pieces that fit in a cache.</summary>
internal static unsafe class BlockTransposition
{
    /// <summary>target[column, row] = source[row, column].</summary>
    /// <param name="source">[rows, columns].</param>
    /// <param name="target">[columns, rows] of the same type. In bf16 with an odd number of rows, one zero follows each of its rows.</param>
    public static void Run(Matrix source, Matrix target)
    {
        if (source.Type == ElementType.BFloat16) Run16(source, target);
        else Run32(source, target);
    }

    private static void Run32(Matrix source, Matrix target)
    {
        var row = 0;
        for (; Sse2.IsSupported && row + 4 <= source.Rows; row += 4)
        {
            uint* r0 = (uint*)source.Row(row), r1 = (uint*)source.Row(row + 1), r2 = (uint*)source.Row(row + 2), r3 = (uint*)source.Row(row + 3);
            var column = 0;
            for (; column + 4 <= source.Columns; column += 4)
            {
                var (a, b) = (Vector128.Load(r0 + column), Vector128.Load(r1 + column));
                var (c, d) = (Vector128.Load(r2 + column), Vector128.Load(r3 + column));
                var (low, high) = (Sse2.UnpackLow(a, b).AsUInt64(), Sse2.UnpackHigh(a, b).AsUInt64());
                var (low2, high2) = (Sse2.UnpackLow(c, d).AsUInt64(), Sse2.UnpackHigh(c, d).AsUInt64());
                Sse2.UnpackLow(low, low2).Store((ulong*)((uint*)target.Row(column) + row));
                Sse2.UnpackHigh(low, low2).Store((ulong*)((uint*)target.Row(column + 1) + row));
                Sse2.UnpackLow(high, high2).Store((ulong*)((uint*)target.Row(column + 2) + row));
                Sse2.UnpackHigh(high, high2).Store((ulong*)((uint*)target.Row(column + 3) + row));
            }

            Scalar<uint>(source.SliceRows(row, 4).SliceColumns(column, source.Columns - column), target, column, row);
        }

        Scalar<uint>(source.SliceRows(row, source.Rows - row), target, 0, row);
    }

    private static void Run16(Matrix source, Matrix target)
    {
        var row = 0;
        for (; Sse2.IsSupported && row + 8 <= source.Rows; row += 8)
        {
            var column = 0;
            for (; column + 8 <= source.Columns; column += 8) Turn8x8(source, row, column, target);
            Scalar<ushort>(source.SliceRows(row, 8).SliceColumns(column, source.Columns - column), target, column, row);
        }

        Scalar<ushort>(source.SliceRows(row, source.Rows - row), target, 0, row);
        if (source.Rows % 2 == 0) return;
        for (var column = 0; column < source.Columns; column++) ((ushort*)target.Row(column))[source.Rows] = 0;
    }

    // Three rounds of interleaving: pairs of rows, pairs of pairs, halves.
    private static void Turn8x8(Matrix source, int row, int column, Matrix target)
    {
        Vector128<ushort> Load(int i) => Vector128.Load((ushort*)source.Row(row + i) + column);
        var (r0, r1, r2, r3) = (Load(0), Load(1), Load(2), Load(3));
        var (r4, r5, r6, r7) = (Load(4), Load(5), Load(6), Load(7));
        var (a0, a1) = (Sse2.UnpackLow(r0, r1).AsUInt32(), Sse2.UnpackHigh(r0, r1).AsUInt32());
        var (a2, a3) = (Sse2.UnpackLow(r2, r3).AsUInt32(), Sse2.UnpackHigh(r2, r3).AsUInt32());
        var (a4, a5) = (Sse2.UnpackLow(r4, r5).AsUInt32(), Sse2.UnpackHigh(r4, r5).AsUInt32());
        var (a6, a7) = (Sse2.UnpackLow(r6, r7).AsUInt32(), Sse2.UnpackHigh(r6, r7).AsUInt32());
        Pair(a0, a2, a4, a6, 0);
        Pair(a1, a3, a5, a7, 4);

        void Pair(Vector128<uint> a, Vector128<uint> b, Vector128<uint> c, Vector128<uint> d, int first)
        {
            var (low, high) = (Sse2.UnpackLow(a, b).AsUInt64(), Sse2.UnpackHigh(a, b).AsUInt64());
            var (low2, high2) = (Sse2.UnpackLow(c, d).AsUInt64(), Sse2.UnpackHigh(c, d).AsUInt64());
            Store(Sse2.UnpackLow(low, low2), first);
            Store(Sse2.UnpackHigh(low, low2), first + 1);
            Store(Sse2.UnpackLow(high, high2), first + 2);
            Store(Sse2.UnpackHigh(high, high2), first + 3);
        }

        void Store(Vector128<ulong> values, int i) => values.Store((ulong*)((ushort*)target.Row(column + i) + row));
    }

    private static void Scalar<T>(Matrix source, Matrix target, int firstColumn, int firstRow)
        where T : unmanaged
    {
        for (var row = 0; row < source.Rows; row++)
        {
            var from = (T*)source.Row(row);
            for (var column = 0; column < source.Columns; column++) ((T*)target.Row(firstColumn + column))[firstRow + row] = from[column];
        }
    }
}
