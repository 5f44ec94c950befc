using System.Numerics;

namespace Attune.Training.Optimizers;

/// <summary>Clipping by the global norm: Pascanu, Mikolov and Bengio 2013, "On the difficulty of training recurrent neural networks".</summary>
public static class GradientNorm
{
    /// <summary>The 2-norm over all gradients there are; NaN and infinity are passed on.</summary>
    public static double Of(IEnumerable<TrainedTensor> tensors)
    {
        var sum = 0.0;
        foreach (var tensor in tensors)
        {
            using var gradient = tensor.Value.grad;
            if (gradient is null) continue;
            using var dense = gradient.contiguous();
            sum += SumOfSquares(FloatMemory.Of(dense));
        }

        return Math.Sqrt(sum);
    }

    /// <summary>What gradients are multiplied by so that their norm is at most <paramref name="maximum"/>.</summary>
    /// <param name="norm">As <see cref="Of"/> gives it.</param>
    /// <param name="maximum">The largest norm; 0 switches clipping off.</param>
    /// <returns>min(1, maximum / (norm + 1e-6)); NaN for a NaN norm, 0 for an infinite one.</returns>
    public static double ClipFactor(double norm, double maximum) =>
        maximum == 0 ? 1 : Math.Min(1, maximum / (norm + 1e-6));

    // fp32 squares would lose digits over millions of elements.
    private static double SumOfSquares(ReadOnlySpan<float> values)
    {
        var sums = Vector<double>.Zero;
        var i = 0;
        for (; i + Vector<float>.Count <= values.Length; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(values[i..]), out var low, out var high);
            sums += (low * low) + (high * high);
        }

        var sum = Vector.Sum(sums);
        for (; i < values.Length; i++) sum += (double)values[i] * values[i];
        return sum;
    }
}
