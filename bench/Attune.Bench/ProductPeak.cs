using Attune.Kernels.Memory;
using Attune.Kernels.Products;
using Attune.Kernels.Threads;
using Attune.Models.Numerics;
using static TorchSharp.torch;

namespace Attune.Bench;

/// <summary>
/// The fastest matrix product this machine does: the yardstick for every share of peak. [1,024, 576] × [576, 1,536], the
/// shape of SmolLM2's feed-forward.
/// </summary>
internal static class ProductPeak
{
    private const int Products = 20, ColdProducts = 60;
    private static readonly ProductShape Shape = new(Rows: 1024, Depth: 576, Columns: 1536);
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
        using MatrixMemory inputs = new(Shape.Depth, element), weights = new(Shape.Depth, element), results = new(Shape.Columns, element);
        var (input, weight, result) = (inputs.Of(Shape.Rows), weights.Of(Shape.Columns), results.Of(Shape.Rows));
        var product = new Product(Shape.Rows, Shape.Columns, Sinks.Store(result), [new Term(input, Panels.OfTransposed(weight))]);
        using var timed = new TimedProduct(Shape, () => runner.Run(product));
        return Best(timed);
    }

    /// <summary>Of torch's product.</summary>
    public static double OfTorch(ScalarType type)
    {
        using var product = TimedProduct.OfTorch(Shape, type);
        return Best(product);
    }

    private static double Best(TimedProduct product)
    {
        // .NET runs a method's first calls in code made in haste and compiles it properly in the background.
        for (var i = 0; i < ColdProducts; i++) product.Run();
        Thread.Sleep(Compilation);
        for (var i = 0; i < ColdProducts; i++) product.Run();
        return Enumerable.Range(0, Products).Max(_ => product.Run());
    }
}
