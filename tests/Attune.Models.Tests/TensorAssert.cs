using static TorchSharp.torch;

namespace Attune.Models.Tests;

/// <summary>Comparisons of tensors that say by how much and where they fail.</summary>
internal static class TensorAssert
{
    /// <summary>Every element within the tolerance; both as fp32.</summary>
    public static void Near(Tensor expected, Tensor actual, double absolute, string what)
    {
        Assert.True(expected.shape.SequenceEqual(actual.shape), $"{what}: expected [{string.Join(", ", expected.shape)}], is [{string.Join(", ", actual.shape)}]");
        var difference = LargestDifference(expected, actual);
        Assert.True(difference <= absolute, $"{what}: off by {difference:g4}, allowed {absolute:g4}");
    }

    /// <summary>Equal in every bit that a number has.</summary>
    public static void Equal(Tensor expected, Tensor actual, string what) => Near(expected, actual, 0, what);

    /// <summary>NaN where either holds one.</summary>
    public static double LargestDifference(Tensor expected, Tensor actual)
    {
        using var scope = NewDisposeScope();
        return (expected.to(ScalarType.Float32) - actual.to(ScalarType.Float32)).abs().max().item<float>();
    }

    /// <summary>Largest magnitude.</summary>
    public static double Magnitude(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.abs().max().item<float>();
    }

    /// <summary>Root of the mean square of the difference.</summary>
    public static double RmsDifference(Tensor expected, Tensor actual)
    {
        using var scope = NewDisposeScope();
        return (expected.to(ScalarType.Float32) - actual.to(ScalarType.Float32)).pow(2).mean().sqrt().item<float>();
    }
}
