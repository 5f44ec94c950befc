using System.Runtime.Intrinsics;
using Attune.Kernels.Memory;
using Attune.Kernels.Vectors;

namespace Attune.Kernels.Attention;

/// <summary>What attention does with a row of scores.</summary>
internal static unsafe class SoftmaxKernel
{
    /// <summary>Goes on with a softmax whose earlier scores are summed up in its state (Milakov and Gimelshein 2018).</summary>
    /// <param name="scores">[visible], before scaling, with room for a whole vector; likewise the other rows.</param>
    /// <param name="own">How many of them the query sees.</param>
    /// <param name="scale">Their factor.</param>
    /// <param name="state">The largest score so far and the sum of exponentials relative to it; updated.</param>
    /// <param name="type">Type of the weights.</param>
    /// <param name="weights">[visible]: exponentials relative to the largest score, 0 for keys that the query does not see; one more 0 follows.</param>
    /// <param name="visible">Keys of the block that any query sees.</param>
    /// <returns>What earlier sums have to be multiplied by.</returns>
    public static float Online(float* scores, int own, float scale, float* state, ElementType type, byte* weights, int visible) =>
        (Vector512.IsHardwareAccelerated, type) switch
        {
            (true, ElementType.BFloat16) => Online<Lanes512, BFloat16>(scores, own, scale, state, weights, visible),
            (true, _) => Online<Lanes512, Float32>(scores, own, scale, state, weights, visible),
            (_, ElementType.BFloat16) => Online<Lanes256, BFloat16>(scores, own, scale, state, weights, visible),
            _ => Online<Lanes256, Float32>(scores, own, scale, state, weights, visible),
        };

    /// <summary>Weights and the gradients of the scores: P = exp(scale score − largest) × inverse sum, dS = scale P (dP − pull).</summary>
    public static void Backward(
        float* scores, float* gradients, int own, float scale, float* softmax, float pull, ElementType type, byte* weights, byte* scoreGradients, int visible)
    {
        switch (Vector512.IsHardwareAccelerated, type)
        {
            case (true, ElementType.BFloat16): Backward<Lanes512, BFloat16>(scores, gradients, own, scale, softmax, pull, weights, scoreGradients, visible); break;
            case (true, _): Backward<Lanes512, Float32>(scores, gradients, own, scale, softmax, pull, weights, scoreGradients, visible); break;
            case (_, ElementType.BFloat16): Backward<Lanes256, BFloat16>(scores, gradients, own, scale, softmax, pull, weights, scoreGradients, visible); break;
            default: Backward<Lanes256, Float32>(scores, gradients, own, scale, softmax, pull, weights, scoreGradients, visible); break;
        }
    }

    /// <summary>Σ left · right.</summary>
    public static float Dot(ElementType type, byte* left, byte* right, int count) =>
        (Vector512.IsHardwareAccelerated, type) switch
        {
            (true, ElementType.BFloat16) => Dot<Lanes512, BFloat16>(left, right, count),
            (true, _) => Dot<Lanes512, Float32>(left, right, count),
            (_, ElementType.BFloat16) => Dot<Lanes256, BFloat16>(left, right, count),
            _ => Dot<Lanes256, Float32>(left, right, count),
        };

    internal static float Online<T, TElement>(float* scores, int own, float scale, float* state, byte* weights, int visible)
        where T : struct, ILanes<T>
        where TElement : struct, IElement
    {
        if (own == 0)
        {
            Clear<TElement>(weights, 0, visible);
            return 1;
        }

        // The last vector reaches beyond what the query sees: the row has room for it.
        var (largest, i) = (T.Create(float.NegativeInfinity), 0);
        for (; i + T.Count <= own; i += T.Count) largest = T.Max(largest, T.Load(scores + i));
        if (i < own) largest = T.Max(largest, T.First(T.Load(scores + i), own - i, float.NegativeInfinity));
        var top = MathF.Max(T.Largest(largest) * scale, state[0]);
        var kept = state[1] == 0 ? 0 : MathF.Exp(state[0] - top);

        var sums = T.Create(0);
        for (i = 0; i < own; i += T.Count)
        {
            var weight = LaneMath.Exp(T.MultiplyAdd(T.Load(scores + i), T.Create(scale), T.Create(-top)));
            if (i + T.Count > own) weight = T.First(weight, own - i, 0);
            sums += weight;
            TElement.Store(weight, weights, i);
        }

        Clear<TElement>(weights, i, visible);
        (state[0], state[1]) = (top, (state[1] * kept) + T.Sum(sums));
        return kept;
    }

    internal static void Backward<T, TElement>(
        float* scores, float* gradients, int own, float scale, float* softmax, float pull, byte* weights, byte* scoreGradients, int visible)
        where T : struct, ILanes<T>
        where TElement : struct, IElement
    {
        var i = 0;
        for (; i < own; i += T.Count)
        {
            var weight = LaneMath.Exp(T.MultiplyAdd(T.Load(scores + i), T.Create(scale), T.Create(-softmax[0]))) * T.Create(softmax[1]);
            var gradient = weight * (T.Load(gradients + i) - T.Create(pull)) * T.Create(scale);
            if (i + T.Count > own) (weight, gradient) = (T.First(weight, own - i, 0), T.First(gradient, own - i, 0));
            TElement.Store(weight, weights, i);
            TElement.Store(gradient, scoreGradients, i);
        }

        Clear<TElement>(weights, i, visible);
        Clear<TElement>(scoreGradients, i, visible);
    }

    private static float Dot<T, TElement>(byte* left, byte* right, int count)
        where T : struct, ILanes<T>
        where TElement : struct, IElement
    {
        var (sums, i) = (T.Create(0), 0);
        for (; i + T.Count <= count; i += T.Count) sums = T.MultiplyAdd(TElement.Load<T>(left, i), TElement.Load<T>(right, i), sums);
        var sum = T.Sum(sums);
        for (; i < count; i++) sum += Lanes1.Sum(TElement.Load<Lanes1>(left, i) * TElement.Load<Lanes1>(right, i));
        return sum;
    }

    // One more than there are: an odd depth is padded.
    private static void Clear<TElement>(byte* row, int from, int to)
        where TElement : struct, IElement
    {
        if (from <= to) new Span<byte>(row + (from * TElement.Type.Size()), (to + 1 - from) * TElement.Type.Size()).Clear();
    }
}
