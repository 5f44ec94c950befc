using System.Runtime.Intrinsics;
using Attune.Kernels.Memory;
using Attune.Kernels.Threads;
using Attune.Kernels.Vectors;

namespace Attune.Kernels.Rows;

/// <summary>Copies between element types, rounding to nearest even.</summary>
public static unsafe class Conversion
{
    /// <summary>target = factor × source.</summary>
    /// <param name="team">The threads.</param>
    /// <param name="source">[rows, columns].</param>
    /// <param name="target">[rows, columns] of either type.</param>
    /// <param name="factor">Multiplied in fp32.</param>
    public static void Copy(Team team, Matrix source, Matrix target, float factor = 1) =>
        RowBlocks.Run(team, source.Rows, row => Copy(source.Type, source.Row(row), target.Type, target.Row(row), source.Columns, factor));

    /// <summary>Some rows of the source, one after the other.</summary>
    /// <param name="team">The threads.</param>
    /// <param name="source">[any number, columns].</param>
    /// <param name="rows">Which of its rows.</param>
    /// <param name="target">[rows, columns] of either type.</param>
    public static void Gather(Team team, Matrix source, ReadOnlyMemory<int> rows, Matrix target) =>
        RowBlocks.Run(team, rows.Length, row => Copy(source.Type, source.Row(rows.Span[row]), target.Type, target.Row(row), source.Columns, 1));

    /// <summary>A row of the target += a row of the source, both fp32, on the calling thread.</summary>
    /// <param name="source">[any number, columns].</param>
    /// <param name="row">Which of its rows.</param>
    /// <param name="target">[any number, columns].</param>
    /// <param name="targetRow">Which of its rows.</param>
    public static void Add(Matrix source, int row, Matrix target, int targetRow) =>
        FloatRows.Add(target.Floats(targetRow), source.Floats(row), 1, target.Floats(targetRow), source.Columns);

    /// <summary>target = factor × source, one row on the calling thread.</summary>
    internal static void Copy(ElementType from, byte* source, ElementType to, byte* target, int count, float factor)
    {
        switch (from, to)
        {
            case (ElementType.Float32, ElementType.Float32): Copy<Float32, Float32>(source, target, count, factor); break;
            case (ElementType.Float32, _): Copy<Float32, BFloat16>(source, target, count, factor); break;
            case (_, ElementType.Float32): Copy<BFloat16, Float32>(source, target, count, factor); break;
            default: Copy<BFloat16, BFloat16>(source, target, count, factor); break;
        }
    }

    private static void Copy<TFrom, TTo>(byte* source, byte* target, int count, float factor)
        where TFrom : struct, IElement
        where TTo : struct, IElement
    {
        if (Vector512.IsHardwareAccelerated) Copy<Lanes512, TFrom, TTo>(source, target, count, factor);
        else Copy<Lanes256, TFrom, TTo>(source, target, count, factor);
    }

    private static void Copy<T, TFrom, TTo>(byte* source, byte* target, int count, float factor)
        where T : struct, ILanes<T>
        where TFrom : struct, IElement
        where TTo : struct, IElement
    {
        var i = 0;
        for (; i + T.Count <= count; i += T.Count) TTo.Store(TFrom.Load<T>(source, i) * T.Create(factor), target, i);
        for (; i < count; i++) TTo.Store(TFrom.Load<Lanes1>(source, i) * Lanes1.Create(factor), target, i);
    }
}
