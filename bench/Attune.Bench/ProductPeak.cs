using Attune.Kernels.Memory;
using Attune.Kernels.Products;
using Attune.Kernels.Threads;
using Attune.Models.Numerics;
using static TorchSharp.torch;

namespace Attune.Bench;

/// <summary>The fastest matrix product this machine does: the yardstick for every share of peak.</summary>
internal static class ProductPeak
{
    private const int Products = 20;
    private static readonly TimeSpan Compilation = TimeSpan.FromSeconds(0.5);

    /// <summary>A thousand tokens through the feed-forward part of SmolLM2.</summary>
    public static ProductShape Usual { get; } = new(Rows: 1024, Depth: 576, Columns: 1536);

    /// <summary>Half as many through that of a model of 7 billion weights.</summary>
    public static ProductShape Large { get; } = new(Rows: 512, Depth: 4096, Columns: 11_008);

    /// <summary>Floating-point operations a second: the best of 20 products of torch and 20 of our own kernels.</summary>
    public static double Measure(ScalarType type, ProductShape shape) => Math.Max(OfTorch(type, shape), OfKernels(type, shape));

    /// <summary>Of our own kernels; 0 where they have none for the type.</summary>
    public static double OfKernels(ScalarType type, ProductShape shape)
    {
        var element = type == ScalarType.BFloat16 ? ElementType.BFloat16 : ElementType.Float32;
        if (ProductKernel.Of(element) is not { } kernel) return 0;
        using var team = new Team(Environment.ProcessorCount);
        using var runner = new ProductRunner(team, kernel);
        using MatrixMemory inputs = new(shape.Depth, element), weights = new(shape.Depth, element), results = new(shape.Columns, element);
        var (input, weight, result) = (inputs.Of(shape.Rows), weights.Of(shape.Columns), results.Of(shape.Rows));
        var product = new Product(shape.Rows, shape.Columns, Sinks.Store(result), [new Term(input, Panels.OfTransposed(weight))]);
        using var timed = new TimedProduct(shape, () => runner.Run(product));
        return Best(timed, shape);
    }

    /// <summary>Of torch's product.</summary>
    public static double OfTorch(ScalarType type, ProductShape shape)
    {
        using var product = TimedProduct.OfTorch(shape, type);
        return Best(product, shape);
    }

    private static double Best(TimedProduct product, ProductShape shape)
    {
        // .NET runs a method's first calls in code made in haste and compiles it properly in the background.
        var cold = shape == Usual ? 60 : 20;
        for (var i = 0; i < cold; i++) product.Run();
        Thread.Sleep(Compilation);
        for (var i = 0; i < cold; i++) product.Run();
        return Enumerable.Range(0, Products).Max(_ => product.Run());
    }
}
