using System.Diagnostics;
using Attune.Kernels.Memory;
using Attune.Kernels.Products;
using Attune.Kernels.Threads;
using static TorchSharp.torch;

namespace Attune.Bench;

/// <summary>
/// The fastest matrix product this machine does: the yardstick for every share of peak. [1,024, 576] × [576, 1,536], the
/// shape of SmolLM2's feed-forward.
/// </summary>
internal static class ProductPeak
{
    private const int Rows = 1024, Inner = 576, Columns = 1536, Products = 20;
    private const int ColdProducts = 60;
    private static readonly TimeSpan Compilation = TimeSpan.FromSeconds(0.5);

    /// <summary>Floating-point operations a second: the best of 20 products of torch and 20 of our own kernels.</summary>
    public static double Measure(ScalarType type) => Math.Max(OfTorch(type), OfKernels(type));

    /// <summary>Of our own kernels; 0 where they have none for the type.</summary>
    public static double OfKernels(ScalarType type)
    {
        var element = type == ScalarType.BFloat16 ? ElementType.BFloat16 : ElementType.Float32;
        if (ProductKernel.Of(element) is not { } kernel) return 0;
        using var team = new Team(Environment.ProcessorCount);
        using var runner = new ProductRunner(team, kernel);
        MatrixMemory[] memory = [new(Inner, element), new(Inner, element), new(Columns, element)];
        var (a, weight, result) = (memory[0].Of(Rows), memory[1].Of(Columns), memory[2].Of(Rows));
        var speed = Best(() => runner.Run(new Product(Rows, Columns, Sinks.Store(result), [new Term(a, Panels.OfTransposed(weight))])));
        foreach (var one in memory) one.Dispose();
        return speed;
    }

    /// <summary>Of torch's product.</summary>
    public static double OfTorch(ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var (a, b) = (randn(Rows, Inner).to(type), randn(Inner, Columns).to(type));
        return Best(() => a.matmul(b).Dispose());
    }

    private static double Best(Action product)
    {
        // .NET runs a method's first calls in code made in haste and compiles it properly in the background.
        for (var i = 0; i < ColdProducts; i++) product();
        Thread.Sleep(Compilation);
        for (var i = 0; i < ColdProducts; i++) product();

        var best = double.MaxValue;
        for (var i = 0; i < Products; i++)
        {
            var start = Stopwatch.GetTimestamp();
            product();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return 2.0 * Rows * Inner * Columns / best;
    }
}
