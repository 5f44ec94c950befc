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
        if (source.Type == ElementType.Float32)
        {
            Run32(source, target);
            return;
        }

        Run16(source, target);
        if (source.Rows % 2 == 0) return;
        for (var column = 0; column < source.Columns; column++) ((ushort*)target.Row(column))[source.Rows] = 0;
    }

    private static void Run32(Matrix source, Matrix target)
    {
        var row = 0;
        for (; Avx2.IsSupported && row + 8 <= source.Rows; row += 8)
        {
            var column = 0;
            for (; column + 8 <= source.Columns; column += 8) Transpose8x8Of32(source, row, column, target);
            EachElement<uint>(source.SliceRows(row, 8).SliceColumns(column, source.Columns - column), target, column, row);
        }

        EachElement<uint>(source.SliceRows(row, source.Rows - row), target, 0, row);
    }

    private static void Run16(Matrix source, Matrix target)
    {
        var row = 0;
        for (; Sse2.IsSupported && row + 8 <= source.Rows; row += 8)
        {
            var column = 0;
            for (; column + 8 <= source.Columns; column += 8) Transpose8x8Of16(source, row, column, target);
            EachElement<ushort>(source.SliceRows(row, 8).SliceColumns(column, source.Columns - column), target, column, row);
        }

        EachElement<ushort>(source.SliceRows(row, source.Rows - row), target, 0, row);
    }

    // Rounds of interleaving: rows, pairs of rows, then halves of registers, which are a row and the one four below it.
    private static void Transpose8x8Of32(Matrix source, int row, int column, Matrix target)
    {
        var (a, b) = Pairs(0);
        var (c, d) = Pairs(2);
        var (e, f) = Pairs(4);
        var (g, h) = Pairs(6);
        Store(Avx2.UnpackLow(a, c), Avx2.UnpackLow(e, g), 0);
        Store(Avx2.UnpackHigh(a, c), Avx2.UnpackHigh(e, g), 1);
        Store(Avx2.UnpackLow(b, d), Avx2.UnpackLow(f, h), 2);
        Store(Avx2.UnpackHigh(b, d), Avx2.UnpackHigh(f, h), 3);

        (Vector256<ulong> Low, Vector256<ulong> High) Pairs(int i)
        {
            var (x, y) = (Vector256.Load((uint*)source.Row(row + i) + column), Vector256.Load((uint*)source.Row(row + i + 1) + column));
            return (Avx2.UnpackLow(x, y).AsUInt64(), Avx2.UnpackHigh(x, y).AsUInt64());
        }

        void Store(Vector256<ulong> left, Vector256<ulong> right, int i)
        {
            Avx2.Permute2x128(left, right, 0x20).Store((ulong*)((uint*)target.Row(column + i) + row));
            Avx2.Permute2x128(left, right, 0x31).Store((ulong*)((uint*)target.Row(column + i + 4) + row));
        }
    }

    // Rounds of interleaving: rows, pairs of rows, pairs of pairs.
    private static void Transpose8x8Of16(Matrix source, int row, int column, Matrix target)
    {
        Vector128<ushort> Load(int i) => Vector128.Load((ushort*)source.Row(row + i) + column);
        var (r0, r1, r2, r3) = (Load(0), Load(1), Load(2), Load(3));
        var (r4, r5, r6, r7) = (Load(4), Load(5), Load(6), Load(7));
        Half(Low(r0, r1), Low(r2, r3), Low(r4, r5), Low(r6, r7), 0);
        Half(High(r0, r1), High(r2, r3), High(r4, r5), High(r6, r7), 4);

        void Half(Vector128<uint> a, Vector128<uint> b, Vector128<uint> c, Vector128<uint> d, int first)
        {
            var (low, high) = (Sse2.UnpackLow(a, b).AsUInt64(), Sse2.UnpackHigh(a, b).AsUInt64());
            var (low2, high2) = (Sse2.UnpackLow(c, d).AsUInt64(), Sse2.UnpackHigh(c, d).AsUInt64());
            Store(Sse2.UnpackLow(low, low2), first);
            Store(Sse2.UnpackHigh(low, low2), first + 1);
            Store(Sse2.UnpackLow(high, high2), first + 2);
            Store(Sse2.UnpackHigh(high, high2), first + 3);
        }

        void Store(Vector128<ulong> values, int i) => values.Store((ulong*)((ushort*)target.Row(column + i) + row));

        static Vector128<uint> Low(Vector128<ushort> x, Vector128<ushort> y) => Sse2.UnpackLow(x, y).AsUInt32();

        static Vector128<uint> High(Vector128<ushort> x, Vector128<ushort> y) => Sse2.UnpackHigh(x, y).AsUInt32();
    }

    private static void EachElement<T>(Matrix source, Matrix target, int firstColumn, int firstRow)
        where T : unmanaged
    {
        for (var row = 0; row < source.Rows; row++)
        {
            var from = (T*)source.Row(row);
            for (var column = 0; column < source.Columns; column++) ((T*)target.Row(firstColumn + column))[firstRow + row] = from[column];
        }
    }
}
