using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Attune.Kernels.Memory;

namespace Attune.Kernels.Products;

/// <summary>Lays out a panel from rows that are the depth.</summary>
internal static unsafe class PlainLayout
{
    /// <summary>Writes it, zeros in columns that are missing.</summary>
    /// <param name="source">[depth, columns] in the kernel's type.</param>
    /// <param name="panel">[⌈depth ÷ group⌉, panel columns, group].</param>
    /// <param name="kernel">Whose layout.</param>
    public static void Write(Matrix source, byte* panel, ProductKernel kernel)
    {
        if (kernel.Type == ElementType.BFloat16) PackPairs(source, (uint*)panel, kernel.PanelColumns);
        else Copy(source, (float*)panel, kernel.PanelColumns);
    }

    // bf16 rows k and k + 1 side by side: the first in the lower half of 32 bits.
    private static void PackPairs(Matrix source, uint* panel, int width)
    {
        for (var row = 0; row < source.Rows; row += 2, panel += width)
        {
            var first = (ushort*)source.Row(row);
            var second = row + 1 < source.Rows ? (ushort*)source.Row(row + 1) : null;
            var column = 0;
            for (; Avx512F.IsSupported && second is not null && column + 16 <= source.Columns; column += 16)
            {
                var low = Avx512F.ConvertToVector512Int32(Vector256.Load(first + column));
                var high = Avx512F.ConvertToVector512Int32(Vector256.Load(second + column));
                (low | (high << 16)).Store((int*)panel + column);
            }

            for (; second is not null && column + 16 <= source.Columns; column += 16)
            {
                var (low, high) = (Vector256.Load(first + column), Vector256.Load(second + column));
                (Vector256.WidenLower(low) | (Vector256.WidenLower(high) << 16)).Store(panel + column);
                (Vector256.WidenUpper(low) | (Vector256.WidenUpper(high) << 16)).Store(panel + column + 8);
            }

            for (; column < source.Columns; column++) panel[column] = first[column] | (second is null ? 0 : (uint)second[column] << 16);
            if (column < width) new Span<uint>(panel + column, width - column).Clear();
        }
    }

    private static void Copy(Matrix source, float* panel, int width)
    {
        for (var row = 0; row < source.Rows; row++, panel += width)
        {
            new ReadOnlySpan<float>(source.Row(row), source.Columns).CopyTo(new Span<float>(panel, width));
            new Span<float>(panel + source.Columns, width - source.Columns).Clear();
        }
    }
}
