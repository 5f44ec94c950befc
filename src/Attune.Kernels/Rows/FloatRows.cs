using System.Runtime.Intrinsics;
using Attune.Kernels.Vectors;

namespace Attune.Kernels.Rows;

/// <summary>Sums of rows, on the calling thread.</summary>
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

    /// <summary>target = factor · source, past the caches: for results that are not read again soon, which would first be fetched to be overwritten.</summary>
    public static void Stream(float* source, float factor, float* target, int count)
    {
        var i = 0;
        if (Vector512.IsHardwareAccelerated && (nint)target % Vector512<byte>.Count == 0)
        {
            for (; i + Vector512<float>.Count <= count; i += Vector512<float>.Count)
                (Vector512.Load(source + i) * factor).StoreAlignedNonTemporal(target + i);
        }

        for (; i < count; i++) target[i] = factor * source[i];
    }

    /// <summary>target = left · right.</summary>
    public static void Multiply(float* left, float* right, float* target, int count)
    {
        var i = Vector512.IsHardwareAccelerated ? Multiply<Lanes512>(left, right, target, count, 0) : Multiply<Lanes256>(left, right, target, count, 0);
        Multiply<Lanes1>(left, right, target, count, i);
    }

    /// <summary>target += left · right.</summary>
    public static void AddProduct(float* left, float* right, float* target, int count)
    {
        var i = Vector512.IsHardwareAccelerated ? AddProduct<Lanes512>(left, right, target, count, 0) : AddProduct<Lanes256>(left, right, target, count, 0);
        AddProduct<Lanes1>(left, right, target, count, i);
    }

    /// <summary>Σ x²; four sums take turns, so that none waits for the one before.</summary>
    public static float SumOfSquares<T, TElement>(byte* x, int count)
        where T : struct, ILanes<T>
        where TElement : struct, IElement
    {
        T a = T.Create(0), b = a, c = a, d = a;
        var i = 0;
        for (; i + (4 * T.Count) <= count; i += 4 * T.Count)
        {
            a = Next(x, i, a);
            b = Next(x, i + T.Count, b);
            c = Next(x, i + (2 * T.Count), c);
            d = Next(x, i + (3 * T.Count), d);
        }

        for (; i + T.Count <= count; i += T.Count) a = Next(x, i, a);
        var (sum, rest) = (T.Sum(a + b + (c + d)), Lanes1.Create(0));
        for (; i < count; i++) rest = Lanes1.MultiplyAdd(TElement.Load<Lanes1>(x, i), TElement.Load<Lanes1>(x, i), rest);
        return sum + Lanes1.Sum(rest);

        static T Next(byte* from, int index, T sum) => T.MultiplyAdd(TElement.Load<T>(from, index), TElement.Load<T>(from, index), sum);
    }

    private static int Add<T>(float* left, float* right, float factor, float* target, int count, int i)
        where T : struct, ILanes<T>
    {
        for (; i + T.Count <= count; i += T.Count) T.Store(T.MultiplyAdd(T.Load(right + i), T.Create(factor), T.Load(left + i)), target + i);
        return i;
    }

    private static int Multiply<T>(float* left, float* right, float* target, int count, int i)
        where T : struct, ILanes<T>
    {
        for (; i + T.Count <= count; i += T.Count) T.Store(T.Load(left + i) * T.Load(right + i), target + i);
        return i;
    }

    private static int AddProduct<T>(float* left, float* right, float* target, int count, int i)
        where T : struct, ILanes<T>
    {
        for (; i + T.Count <= count; i += T.Count) T.Store(T.MultiplyAdd(T.Load(left + i), T.Load(right + i), T.Load(target + i)), target + i);
        return i;
    }
}
