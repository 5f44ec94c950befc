using Attune.Models.Weights;
using static TorchSharp.torch;

namespace Attune.Training.Tests;

/// <summary>Reference tensors and how far ours are from them.</summary>
internal static class Tensors
{
    /// <summary>All tensors of a safetensors file, by name.</summary>
    public static Dictionary<string, Tensor> Of(string path)
    {
        using var file = SafetensorsFile.Open(path);
        return file.Tensors.Keys.ToDictionary(name => name, name => file.Load(name));
    }

    /// <summary>The largest |ours − theirs| − relative·|theirs|; NaN where only one is NaN, 0 where both are.</summary>
    public static double Distance(Tensor ours, Tensor theirs, double relative = 0)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(theirs.shape, ours.shape);
        var (a, b) = (ours.detach().to(ScalarType.Float64), theirs.to(ScalarType.Float64));
        var bothNaN = a.isnan() & b.isnan();
        var gap = where(bothNaN, zeros_like(a), (a - b).abs() - (b.abs() * relative));
        return gap.max().item<double>();
    }
}
