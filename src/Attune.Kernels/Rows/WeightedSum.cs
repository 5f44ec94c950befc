using System.Runtime.Intrinsics;
using Attune.Kernels.Memory;
using Attune.Kernels.Vectors;

namespace Attune.Kernels.Rows;

/// <summary>Weighted sums of a row as it is stored and one in fp32, on the calling thread.</summary>
internal static unsafe class WeightedSum
{
    /// <summary>target = a · x + b · y, rounded once.</summary>
    /// <param name="type">Type of x and of the target.</param>
    /// <param name="a">Weight of x.</param>
    /// <param name="x">[count].</param>
    /// <param name="b">Weight of y.</param>
    /// <param name="y">[count], fp32.</param>
    /// <param name="target">[count]; may be x.</param>
    /// <param name="count">Numbers.</param>
    public static void Run(ElementType type, float a, byte* x, float b, float* y, byte* target, int count)
    {
        if (type == ElementType.Float32) Run<Float32>(a, x, b, y, target, count);
        else Run<BFloat16>(a, x, b, y, target, count);
    }

    private static void Run<TElement>(float a, byte* x, float b, float* y, byte* target, int count)
        where TElement : struct, IElement
    {
        var i = Vector512.IsHardwareAccelerated
            ? Run<Lanes512, TElement>(a, x, b, y, target, count, 0)
            : Run<Lanes256, TElement>(a, x, b, y, target, count, 0);
        Run<Lanes1, TElement>(a, x, b, y, target, count, i);
    }

    private static int Run<T, TElement>(float a, byte* x, float b, float* y, byte* target, int count, int i)
        where T : struct, ILanes<T>
        where TElement : struct, IElement
    {
        for (; i + T.Count <= count; i += T.Count)
            TElement.Store(T.MultiplyAdd(TElement.Load<T>(x, i), T.Create(a), T.Load(y + i) * T.Create(b)), target, i);
        return i;
    }
}
