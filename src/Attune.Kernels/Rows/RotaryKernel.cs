using System.Runtime.Intrinsics;
using Attune.Kernels.Memory;
using Attune.Kernels.Threads;
using Attune.Kernels.Vectors;

namespace Attune.Kernels.Rows;

/// <summary>
/// Rotary position embeddings in place (Su et al. 2021, equation 34), in the Hugging Face order: dimension i of a head turns
/// with dimension i + head size ÷ 2. The backward pass turns the other way.
/// </summary>
public static unsafe class RotaryKernel
{
    /// <summary>Turns every head of every row.</summary>
    /// <param name="team">The threads.</param>
    /// <param name="heads">[tokens, heads × head size], fp32 or bf16.</param>
    /// <param name="cos">[tokens, head size ÷ 2], fp32.</param>
    /// <param name="sin">[tokens, head size ÷ 2], fp32.</param>
    public static void Rotate(Team team, Matrix heads, Matrix cos, Matrix sin) =>
        RowBlocks.Run(team, heads.Rows, row => Rotate(heads.Type, heads.Row(row), heads.Columns, cos.Floats(row), sin.Floats(row), cos.Columns, 1));

    /// <summary>One row on the calling thread.</summary>
    /// <param name="type">Type of the row.</param>
    /// <param name="row">Heads side by side.</param>
    /// <param name="columns">Heads × head size.</param>
    /// <param name="cos">[head size ÷ 2].</param>
    /// <param name="sin">[head size ÷ 2].</param>
    /// <param name="half">Head size ÷ 2.</param>
    /// <param name="direction">1, or −1 to turn back.</param>
    internal static void Rotate(ElementType type, byte* row, int columns, float* cos, float* sin, int half, float direction)
    {
        for (var head = 0; head < columns; head += 2 * half)
        {
            if (type == ElementType.BFloat16) Turn<BFloat16>(row, head, cos, sin, half, direction);
            else Turn<Float32>(row, head, cos, sin, half, direction);
        }
    }

    private static void Turn<TElement>(byte* row, int head, float* cos, float* sin, int half, float direction)
        where TElement : struct, IElement
    {
        var i = 0;
        if (Vector512.IsHardwareAccelerated) i = Turn<Lanes512, TElement>(row, head, cos, sin, half, direction, i);
        i = Turn<Lanes256, TElement>(row, head, cos, sin, half, direction, i);
        Turn<Lanes1, TElement>(row, head, cos, sin, half, direction, i);
    }

    private static int Turn<T, TElement>(byte* row, int head, float* cos, float* sin, int half, float direction, int i)
        where T : struct, ILanes<T>
        where TElement : struct, IElement
    {
        for (; i + T.Count <= half; i += T.Count)
        {
            var (first, second) = (TElement.Load<T>(row, head + i), TElement.Load<T>(row, head + half + i));
            var (c, s) = (T.Load(cos + i), T.Load(sin + i) * T.Create(direction));
            TElement.Store((first * c) - (second * s), row, head + i);
            TElement.Store((second * c) + (first * s), row, head + half + i);
        }

        return i;
    }
}
