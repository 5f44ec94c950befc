using Attune.Kernels.Memory;
using Attune.Kernels.Rows;
using Attune.Kernels.Threads;

namespace Attune.Kernels.Attention;

/// <summary>From the gradients of attention to those of the query, key and value products.</summary>
public static unsafe class AttentionGradients
{
    /// <summary>Sums keys and values over the heads that share them, turns queries and keys back, rounds.</summary>
    /// <param name="team">The threads.</param>
    /// <param name="shape">Heads.</param>
    /// <param name="query">[tokens, heads × head size], fp32.</param>
    /// <param name="keys">[tokens, heads × head size], fp32; overwritten.</param>
    /// <param name="values">[tokens, heads × head size], fp32; overwritten.</param>
    /// <param name="cos">[tokens, head size ÷ 2].</param>
    /// <param name="sin">[tokens, head size ÷ 2].</param>
    /// <param name="queryTarget">[tokens, heads × head size].</param>
    /// <param name="keyTarget">[tokens, key/value heads × head size].</param>
    /// <param name="valueTarget">[tokens, key/value heads × head size].</param>
    public static void Gather(
        Team team, AttentionShape shape, Matrix query, Matrix keys, Matrix values, Matrix cos, Matrix sin, Matrix queryTarget, Matrix keyTarget, Matrix valueTarget) =>
        RowBlocks.Run(team, query.Rows, row =>
        {
            float* q = query.Floats(row), k = keys.Floats(row), v = values.Floats(row);
            Share(k, shape);
            Share(v, shape);
            RotaryKernel.Rotate(ElementType.Float32, (byte*)q, query.Columns, cos.Floats(row), sin.Floats(row), cos.Columns, -1);
            RotaryKernel.Rotate(ElementType.Float32, (byte*)k, keyTarget.Columns, cos.Floats(row), sin.Floats(row), cos.Columns, -1);
            Conversion.Copy(ElementType.Float32, (byte*)q, queryTarget.Type, queryTarget.Row(row), queryTarget.Columns, 1);
            Conversion.Copy(ElementType.Float32, (byte*)k, keyTarget.Type, keyTarget.Row(row), keyTarget.Columns, 1);
            Conversion.Copy(ElementType.Float32, (byte*)v, valueTarget.Type, valueTarget.Row(row), valueTarget.Columns, 1);
        });

    // The sum of each group of heads, moved to the front of the row.
    private static void Share(float* row, AttentionShape shape)
    {
        var (each, size) = (shape.Heads / shape.KeyValueHeads, shape.HeadSize);
        for (var head = 0; head < shape.KeyValueHeads; head++)
        {
            float* target = row + (head * size), first = row + (head * each * size);
            if (each == 1) continue;
            FloatRows.Add(first, first + size, 1, target, size);
            for (var other = 2; other < each; other++) FloatRows.Add(target, first + (other * size), 1, target, size);
        }
    }
}
