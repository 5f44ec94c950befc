using System.Runtime.Intrinsics;
using Attune.Kernels.Memory;
using Attune.Kernels.Threads;
using Attune.Kernels.Vectors;

namespace Attune.Kernels.Rows;

/// <summary>y = w · x / √(mean(x²) + ε) of each row (Zhang and Sennrich 2019, equation 4), forward and backward.</summary>
public static unsafe class RmsNormKernel
{
    /// <summary>Normalises rows.</summary>
    /// <param name="team">The threads.</param>
    /// <param name="input">[rows, size], fp32.</param>
    /// <param name="weight">[size].</param>
    /// <param name="epsilon">Keeps a zero row finite.</param>
    /// <param name="output">[rows, size], fp32 or bf16.</param>
    public static void Forward(Team team, Matrix input, float* weight, double epsilon, Matrix output) =>
        RowBlocks.Run(team, input.Rows, row =>
        {
            if (output.Type == ElementType.BFloat16) Forward<BFloat16>(input.Floats(row), weight, epsilon, output.Row(row), input.Columns);
            else Forward<Float32>(input.Floats(row), weight, epsilon, output.Row(row), input.Columns);
        });

    /// <summary>Adds the gradient with respect to the input: with r = 1 / √(mean(x²) + ε), r (w g − x r² mean(w g x)).</summary>
    /// <param name="team">The threads.</param>
    /// <param name="input">[rows, size], fp32: what was normalised.</param>
    /// <param name="weight">[size].</param>
    /// <param name="epsilon">As in the forward pass.</param>
    /// <param name="outputGradient">g, [rows, size], fp32.</param>
    /// <param name="inputGradient">[rows, size], fp32; added to.</param>
    /// <param name="rounded">[rows, size]: gets the sum in another type, for products; may be absent.</param>
    public static void Backward(
        Team team, Matrix input, float* weight, double epsilon, Matrix outputGradient, Matrix inputGradient, Matrix? rounded = null) =>
        RowBlocks.Run(team, input.Rows, row =>
        {
            var target = rounded is { } there ? there.Row(row) : null;
            var (g, x) = ((nint)outputGradient.Floats(row), (nint)input.Floats(row));
            if (rounded is { Type: ElementType.BFloat16 }) Backward<BFloat16>((float*)x, weight, epsilon, (float*)g, inputGradient.Floats(row), target, input.Columns);
            else Backward<Float32>((float*)x, weight, epsilon, (float*)g, inputGradient.Floats(row), target, input.Columns);
        });

    private static void Forward<TOut>(float* x, float* w, double epsilon, byte* y, int size)
        where TOut : struct, IElement
    {
        if (Vector512.IsHardwareAccelerated) Forward<Lanes512, TOut>(x, w, epsilon, y, size);
        else Forward<Lanes256, TOut>(x, w, epsilon, y, size);
    }

    private static void Backward<TOut>(float* x, float* w, double epsilon, float* g, float* d, byte* rounded, int size)
        where TOut : struct, IElement
    {
        if (Vector512.IsHardwareAccelerated) Backward<Lanes512, TOut>(x, w, epsilon, g, d, rounded, size);
        else Backward<Lanes256, TOut>(x, w, epsilon, g, d, rounded, size);
    }

    internal static void Forward<T, TOut>(float* x, float* w, double epsilon, byte* y, int size)
        where T : struct, ILanes<T>
        where TOut : struct, IElement
    {
        var inverse = Inverse<T>(x, epsilon, size);
        var i = 0;
        for (; i + T.Count <= size; i += T.Count) TOut.Store(T.Load(x + i) * T.Create(inverse) * T.Load(w + i), y, i);
        for (; i < size; i++) TOut.Store(new Lanes1(x[i] * inverse * w[i]), y, i);
    }

    internal static void Backward<T, TOut>(float* x, float* w, double epsilon, float* g, float* d, byte* rounded, int size)
        where T : struct, ILanes<T>
        where TOut : struct, IElement
    {
        var inverse = Inverse<T>(x, epsilon, size);
        var (sums, i) = (T.Create(0), 0);
        for (; i + T.Count <= size; i += T.Count) sums = T.MultiplyAdd(T.Load(w + i) * T.Load(g + i), T.Load(x + i), sums);
        var dot = T.Sum(sums);
        for (; i < size; i++) dot += w[i] * g[i] * x[i];

        var pull = (float)((double)dot / size * inverse * inverse * inverse);
        for (i = 0; i + T.Count <= size; i += T.Count)
        {
            var own = T.Load(w + i) * T.Load(g + i) * T.Create(inverse);
            var sum = T.Load(d + i) + (own - (T.Load(x + i) * T.Create(pull)));
            T.Store(sum, d + i);
            if (rounded is not null) TOut.Store(sum, rounded, i);
        }

        for (; i < size; i++)
        {
            d[i] += (w[i] * g[i] * inverse) - (x[i] * pull);
            if (rounded is not null) TOut.Store(new Lanes1(d[i]), rounded, i);
        }
    }

    private static float Inverse<T>(float* x, double epsilon, int size)
        where T : struct, ILanes<T> =>
        1 / MathF.Sqrt((float)((FloatRows.SumOfSquares<T>(x, size) / size) + epsilon));
}
