using System.Diagnostics;
using Attune.Kernels.Memory;
using Attune.Kernels.Products;
using Attune.Models.Fused;
using static TorchSharp.torch;

namespace Attune.Models.Numerics;

/// <summary>
/// How fast this machine multiplies matrices, on one thread. Measured, not asked of the processor: .NET has no flag for bf16
/// units, and without them torch's bf16 product can be a scalar loop, a hundred times slower than fp32.
/// </summary>
/// <param name="Torch">Of torch's products, through which evaluation, generation and the plain path of training go.</param>
/// <param name="Kernels">Of our own kernels, through which the fused path goes, without the laying out of panels.</param>
public sealed record ProductSpeeds(TypeSpeeds Torch, TypeSpeeds Kernels)
{
    // A layer of a small model on few tokens, so that a scalar loop in bf16 is through with it in some 50 ms.
    private static readonly ProductShape Shape = new(64, 576, 576);

    private static readonly TimeSpan Together = TimeSpan.FromSeconds(0.1), Turn = TimeSpan.FromMilliseconds(1);

    private static readonly Lazy<ProductSpeeds> Measured = new(Measure);

    /// <summary>This machine's, measured in some 0.1 s at the first use in a process.</summary>
    public static ProductSpeeds OfThisMachine => Measured.Value;

    /// <summary>
    /// What <c>compute_type: auto</c> becomes. BFloat16 where there is a kernel for it and neither kind of products is slower
    /// in it, for a run trains and evaluates through one and generates through the other. Without that kernel the fused path in Float32 is
    /// about as fast as the plain one in BFloat16, in less memory.
    /// </summary>
    public ScalarType Best => Kernels.Best == ScalarType.BFloat16 ? Torch.Best : ScalarType.Float32;

    /// <summary>Why it is <see cref="Best"/>, for users.</summary>
    public string Reason =>
        Best == ScalarType.BFloat16 ? "not slower than float32, and weights take half the memory"
        : Kernels.BFloat16 is null ? "Attune has no bfloat16 kernel on this machine"
        : "bfloat16 is slower";

    private static ProductSpeeds Measure()
    {
        var threads = get_num_threads();
        set_num_threads(1); // threads that wait for each other measure the load of a busy machine instead
        using var torch32 = TimedProduct.OfTorch(Shape, ScalarType.Float32);
        using var torch16 = TimedProduct.OfTorch(Shape, ScalarType.BFloat16);
        using var kernel32 = OfKernel(ProductKernel.Of(ElementType.Float32)!);
        using var kernel16 = ProductKernel.Of(ElementType.BFloat16) is { } kernel ? OfKernel(kernel) : null;
        try
        {
            TimedProduct?[] products = [torch32, torch16, kernel32, kernel16];
            var best = new double[products.Length];
            for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < Together;)
            {
                // In turns, so that what else the machine does for a moment slows none of them alone.
                for (var i = 0; i < best.Length; i++) best[i] = Math.Max(best[i], BestOfTurn(products[i]));
            }

            return new ProductSpeeds(new TypeSpeeds(best[0], best[1]), new TypeSpeeds(best[2], kernel16 is null ? null : best[3]));
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    private static double BestOfTurn(TimedProduct? product)
    {
        var best = 0.0;
        for (var start = Stopwatch.GetTimestamp(); product is not null && Stopwatch.GetElapsedTime(start) < Turn;) best = Math.Max(best, product.Run());
        return best;
    }

    // The innermost part alone, which .NET compiles properly at once; the laying out of panels around it, 8 % of a training
    // step, is as fast as it gets only after a quarter of a second.
    private static unsafe TimedProduct OfKernel(ProductKernel kernel)
    {
        var (type, columns) = (kernel.Type == ElementType.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32, kernel.PanelColumns);
        var (input, panel, result) = (Numbers(Shape.Rows, Shape.Depth), Numbers(Shape.Depth, columns), zeros(Shape.Rows, columns).DetachFromDisposeScope());
        return new TimedProduct(Shape, Multiply, input, panel, result);

        Tensor Numbers(int rows, int columns) => TimedProduct.Numbers(rows, columns, type);

        void Multiply()
        {
            var (a, b, c) = (TensorMemory.Of(input), TensorMemory.Of(panel), TensorMemory.Of(result));
            for (var done = 0; done < Shape.Columns; done += columns)
                kernel.Multiply(a.Data, a.Stride, b.Data, c.Floats(0), c.Stride, Shape.Depth, Shape.Rows, columns, accumulate: false);
        }
    }
}

/// <summary>Speeds of one kind of products, in floating-point operations a second of one thread: the best of many.</summary>
/// <param name="Float32">In fp32.</param>
/// <param name="BFloat16">In bf16; null: there are none.</param>
public sealed record TypeSpeeds(double Float32, double? BFloat16)
{
    /// <summary>BFloat16 where it is not slower, since it takes half the memory; else Float32.</summary>
    public ScalarType Best => BFloat16 >= Float32 ? ScalarType.BFloat16 : ScalarType.Float32;
}
