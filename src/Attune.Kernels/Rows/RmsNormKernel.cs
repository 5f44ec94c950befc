using System.Runtime.Intrinsics;
using Attune.Kernels.Memory;
using Attune.Kernels.Threads;
using Attune.Kernels.Vectors;

namespace Attune.Kernels.Rows;

/// <summary>y = w · x · r of each row with r = 1 / √(mean(x²) + ε) (Zhang and Sennrich 2019, equation 4), forward and backward.</summary>
public static unsafe class RmsNormKernel
{
    /// <summary>Normalises rows.</summary>
    /// <param name="team">The threads.</param>
    /// <param name="input">[rows, size], fp32 or bf16.</param>
    /// <param name="weight">[size].</param>
    /// <param name="epsilon">Keeps a zero row finite.</param>
    /// <param name="output">[rows, size], fp32 or bf16.</param>
    /// <param name="copy">[rows, size], fp32 or bf16: gets the input as it is; may be absent.</param>
    public static void Forward(Team team, Matrix input, float* weight, double epsilon, Matrix output, Matrix? copy = null) =>
        RowBlocks.Run(team, input.Rows, row =>
        {
            if (copy is { } kept) Conversion.Copy(input.Type, input.Row(row), kept.Type, kept.Row(row), input.Columns, 1); // while it is in the cache
            byte* x = input.Row(row), y = output.Row(row);
            switch (input.Type, output.Type)
            {
                case (ElementType.Float32, ElementType.Float32): Forward<Float32, Float32>(x, weight, epsilon, y, input.Columns); break;
                case (ElementType.Float32, _): Forward<Float32, BFloat16>(x, weight, epsilon, y, input.Columns); break;
                case (_, ElementType.Float32): Forward<BFloat16, Float32>(x, weight, epsilon, y, input.Columns); break;
                default: Forward<BFloat16, BFloat16>(x, weight, epsilon, y, input.Columns); break;
            }
        });

    /// <summary>Adds the gradient with respect to the input: r (w g − x r² mean(w g x)).</summary>
    /// <param name="team">The threads.</param>
    /// <param name="input">[rows, size], fp32 or bf16: what was normalised.</param>
    /// <param name="weight">[size].</param>
    /// <param name="epsilon">As in the forward pass.</param>
    /// <param name="outputGradient">g, [rows, size], fp32.</param>
    /// <param name="inputGradient">[rows, size], fp32; added to.</param>
    /// <param name="rounded">[rows, size]: gets the sum in another type, for products.</param>
    public static void Backward(
        Team team, Matrix input, float* weight, double epsilon, Matrix outputGradient, Matrix inputGradient, Matrix rounded) =>
        RowBlocks.Run(team, input.Rows, row =>
        {
            var (x, target) = ((nint)input.Row(row), (nint)rounded.Row(row));
            float* g = outputGradient.Floats(row), d = inputGradient.Floats(row);
            switch (input.Type, rounded.Type)
            {
                case (ElementType.Float32, ElementType.Float32): Backward<Float32, Float32>((byte*)x, weight, epsilon, g, d, (byte*)target, input.Columns); break;
                case (ElementType.Float32, _): Backward<Float32, BFloat16>((byte*)x, weight, epsilon, g, d, (byte*)target, input.Columns); break;
                case (_, ElementType.Float32): Backward<BFloat16, Float32>((byte*)x, weight, epsilon, g, d, (byte*)target, input.Columns); break;
                default: Backward<BFloat16, BFloat16>((byte*)x, weight, epsilon, g, d, (byte*)target, input.Columns); break;
            }
        });

    /// <summary>r of a row.</summary>
    internal static float Inverse(ElementType type, byte* x, double epsilon, int size) => (Vector512.IsHardwareAccelerated, type) switch
    {
        (true, ElementType.Float32) => Inverse<Lanes512, Float32>(x, epsilon, size),
        (true, _) => Inverse<Lanes512, BFloat16>(x, epsilon, size),
        (_, ElementType.Float32) => Inverse<Lanes256, Float32>(x, epsilon, size),
        _ => Inverse<Lanes256, BFloat16>(x, epsilon, size),
    };

    private static void Forward<TIn, TOut>(byte* x, float* w, double epsilon, byte* y, int size)
        where TIn : struct, IElement
        where TOut : struct, IElement
    {
        if (Vector512.IsHardwareAccelerated) Forward<Lanes512, TIn, TOut>(x, w, epsilon, y, size);
        else Forward<Lanes256, TIn, TOut>(x, w, epsilon, y, size);
    }

    private static void Backward<TIn, TOut>(byte* x, float* w, double epsilon, float* g, float* d, byte* rounded, int size)
        where TIn : struct, IElement
        where TOut : struct, IElement
    {
        if (Vector512.IsHardwareAccelerated) Backward<Lanes512, TIn, TOut>(x, w, epsilon, g, d, rounded, size);
        else Backward<Lanes256, TIn, TOut>(x, w, epsilon, g, d, rounded, size);
    }

    internal static void Forward<T, TIn, TOut>(byte* x, float* w, double epsilon, byte* y, int size)
        where T : struct, ILanes<T>
        where TIn : struct, IElement
        where TOut : struct, IElement
    {
        var inverse = Inverse<T, TIn>(x, epsilon, size);
        var i = 0;
        for (; i + T.Count <= size; i += T.Count) TOut.Store(TIn.Load<T>(x, i) * T.Create(inverse) * T.Load(w + i), y, i);
        for (; i < size; i++) TOut.Store(TIn.Load<Lanes1>(x, i) * new Lanes1(inverse) * new Lanes1(w[i]), y, i);
    }

    internal static void Backward<T, TIn, TOut>(byte* x, float* w, double epsilon, float* g, float* d, byte* rounded, int size)
        where T : struct, ILanes<T>
        where TIn : struct, IElement
        where TOut : struct, IElement
    {
        var inverse = Inverse<T, TIn>(x, epsilon, size);
        var (sums, i) = (T.Create(0), 0);
        for (; i + T.Count <= size; i += T.Count) sums = T.MultiplyAdd(T.Load(w + i) * T.Load(g + i), TIn.Load<T>(x, i), sums);
        var dot = T.Sum(sums);
        for (; i < size; i++) dot += w[i] * g[i] * Lanes1.Sum(TIn.Load<Lanes1>(x, i));

        var pull = (float)((double)dot / size * inverse * inverse * inverse);
        i = Add<T, TIn, TOut>(x, w, inverse, pull, g, d, rounded, size, 0);
        Add<Lanes1, TIn, TOut>(x, w, inverse, pull, g, d, rounded, size, i);
    }

    private static int Add<T, TIn, TOut>(byte* x, float* w, float inverse, float pull, float* g, float* d, byte* rounded, int size, int i)
        where T : struct, ILanes<T>
        where TIn : struct, IElement
        where TOut : struct, IElement
    {
        for (; i + T.Count <= size; i += T.Count)
        {
            var own = T.Load(w + i) * T.Load(g + i) * T.Create(inverse);
            var sum = T.Load(d + i) + (own - (TIn.Load<T>(x, i) * T.Create(pull)));
            T.Store(sum, d + i);
            TOut.Store(sum, rounded, i);
        }

        return i;
    }

    private static float Inverse<T, TIn>(byte* x, double epsilon, int size)
        where T : struct, ILanes<T>
        where TIn : struct, IElement =>
        1 / MathF.Sqrt((float)((FloatRows.SumOfSquares<T, TIn>(x, size) / size) + epsilon));
}
