using System.Diagnostics;
using static TorchSharp.torch;

namespace Attune.Models.Numerics;

/// <summary>A product of matrices that is done to see how fast it is.</summary>
/// <param name="shape">Its size.</param>
/// <param name="multiply">Does it once.</param>
/// <param name="owned">What it works with.</param>
public sealed class TimedProduct(ProductShape shape, Action multiply, params IDisposable[] owned) : IDisposable
{
    /// <summary>Torch's, as a linear layer multiplies, on as many threads as torch is set to.</summary>
    /// <param name="shape">Its size.</param>
    /// <param name="type">Float32 or BFloat16.</param>
    public static TimedProduct OfTorch(ProductShape shape, ScalarType type)
    {
        var (input, weight) = (Numbers(shape.Rows, shape.Depth, type), Numbers(shape.Columns, shape.Depth, type));
        return new TimedProduct(shape, () => nn.functional.linear(input, weight).Dispose(), input, weight);
    }

    /// <summary>A matrix to multiply: numbers between −1 and 1, without torch's random generator, whose state is not a measurement's to change.</summary>
    public static Tensor Numbers(int rows, int columns, ScalarType type)
    {
        using var scope = NewDisposeScope();
        return arange((long)rows * columns, ScalarType.Float32).sin().reshape(rows, columns).to(type).DetachFromDisposeScope();
    }

    /// <summary>Multiplies once.</summary>
    /// <returns>Floating-point operations a second, 2 for a multiply and add.</returns>
    public double Run()
    {
        using var noGradients = no_grad();
        var start = Stopwatch.GetTimestamp();
        multiply();
        return 2.0 * shape.Rows * shape.Depth * shape.Columns / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var one in owned) one.Dispose();
    }
}

/// <summary>The size of a product [rows, depth] × [depth, columns].</summary>
public readonly record struct ProductShape(int Rows, int Depth, int Columns);
