using System.Diagnostics;
using static TorchSharp.torch;

namespace Attune.Models.Numerics;

/// <summary>
/// How fast this machine multiplies matrices in each compute type. Measured, not asked of the processor: .NET has no flag
/// for bf16 units, and without them torch's bf16 product is a scalar loop, a hundred times slower than fp32.
/// </summary>
/// <param name="Float32">Floating-point operations a second of one thread.</param>
/// <param name="BFloat16">Floating-point operations a second of one thread.</param>
public sealed record ProductSpeeds(double Float32, double BFloat16)
{
    // The shape of a small model's layer: a tenth of a millisecond with units, some 25 ms in a scalar loop.
    private const int Rows = 32, Size = 576, Repetitions = 10;

    private static readonly Lazy<ProductSpeeds> Measured = new(Measure);

    /// <summary>This machine's, measured at the first use in a process: a few milliseconds, a quarter of a second without units.</summary>
    public static ProductSpeeds OfThisMachine => Measured.Value;

    /// <summary>What <c>compute_type: auto</c> becomes: BFloat16 where it is not slower, since it takes half the memory; else Float32.</summary>
    public ScalarType Best => BFloat16 >= Float32 ? ScalarType.BFloat16 : ScalarType.Float32;

    // On one thread and best of many: threads that wait for each other measure the load of a busy machine instead.
    private static ProductSpeeds Measure()
    {
        var threads = get_num_threads();
        set_num_threads(1);
        try
        {
            return new ProductSpeeds(Measure(ScalarType.Float32), Measure(ScalarType.BFloat16));
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    private static double Measure(ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var input = ones([Rows, Size], type);
        var weight = ones([Size, Size], type);
        var best = double.MaxValue;
        for (var i = 0; i < Repetitions; i++)
        {
            var before = Stopwatch.GetTimestamp();
            using var product = nn.functional.linear(input, weight);
            best = Math.Min(best, Stopwatch.GetElapsedTime(before).TotalSeconds);
        }

        return 2.0 * Rows * Size * Size / best;
    }
}
