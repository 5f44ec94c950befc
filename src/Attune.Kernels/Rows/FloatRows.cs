using System.Runtime.Intrinsics;
using Attune.Kernels.Vectors;

namespace Attune.Kernels.Rows;

/// <summary>Sums of fp32 rows, on the calling thread.</summary>
internal static unsafe class FloatRows
{
    /// <summary>target = left + factor × right; target may be either.</summary>
    public static void Add(float* left, float* right, float factor, float* target, int count)
    {
        var i = Vector512.IsHardwareAccelerated
            ? Add<Lanes512>(left, right, factor, target, count, 0)
            : Add<Lanes256>(left, right, factor, target, count, 0);
        Add<Lanes1>(left, right, factor, target, count, i);
    }

    /// <summary>Σ x²; four sums take turns, so that none waits for the one before.</summary>
    public static float SumOfSquares<T>(float* x, int count)
        where T : struct, ILanes<T>
    {
        T a = T.Create(0), b = a, c = a, d = a;
        var i = 0;
        for (; i + (4 * T.Count) <= count; i += 4 * T.Count)
        {
            a = Next(x + i, a);
            b = Next(x + i + T.Count, b);
            c = Next(x + i + (2 * T.Count), c);
            d = Next(x + i + (3 * T.Count), d);
        }

        for (; i + T.Count <= count; i += T.Count) a = Next(x + i, a);
        var sum = T.Sum(a + b + (c + d));
        for (; i < count; i++) sum += x[i] * x[i];
        return sum;

        static T Next(float* from, T sum) => T.MultiplyAdd(T.Load(from), T.Load(from), sum);
    }

    private static int Add<T>(float* left, float* right, float factor, float* target, int count, int i)
        where T : struct, ILanes<T>
    {
        for (; i + T.Count <= count; i += T.Count) T.Store(T.MultiplyAdd(T.Load(right + i), T.Create(factor), T.Load(left + i)), target + i);
        return i;
    }
}
