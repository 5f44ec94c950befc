using System.Diagnostics;
using Attune.Kernels.Threads;
using Attune.Models.Fused;
using Attune.Training.Optimizers;
using static TorchSharp.torch;

namespace Attune.Bench.Training;

/// <summary>What the time of steps goes to: the kernels of the fused path by kind, the optimizer, the rest.</summary>
/// <param name="fused">Null: the plain path, which is not taken apart.</param>
/// <param name="optimizer">Steps through it are timed.</param>
internal sealed class StepClocks(FusedDecoder? fused, IOptimizer optimizer) : IOptimizer
{
    private readonly Dictionary<KernelKind, TimeSpan> _before = [];
    private TimeSpan _ofOptimizer;

    public long StateBytes => optimizer.StateBytes;

    /// <summary>Counts from here on.</summary>
    public void Start()
    {
        _ofOptimizer = TimeSpan.Zero;
        foreach (var kind in Enum.GetValues<KernelKind>()) _before[kind] = fused?.TimeOf(kind) ?? TimeSpan.Zero;
    }

    /// <summary>Shares of the time of steps since <see cref="Start"/>; null: the plain path.</summary>
    /// <param name="seconds">Their time.</param>
    public Dictionary<string, double>? Shares(double seconds)
    {
        if (fused is null) return null;
        var shares = _before.ToDictionary(pair => pair.Key.ToString().ToLowerInvariant(), pair => (fused.TimeOf(pair.Key) - pair.Value).TotalSeconds / seconds);
        shares["optimizer"] = _ofOptimizer.TotalSeconds / seconds;
        shares["rest"] = 1 - shares.Values.Sum();
        return shares;
    }

    public void Step(double learningRate, double gradientFactor = 1)
    {
        var start = Stopwatch.GetTimestamp();
        optimizer.Step(learningRate, gradientFactor);
        _ofOptimizer += Stopwatch.GetElapsedTime(start);
    }

    public IEnumerable<(string Name, Tensor Value)> State() => optimizer.State();

    public void Restore(Func<string, Tensor> load) => optimizer.Restore(load);

    public void Dispose() => optimizer.Dispose();
}
