using System.Diagnostics;
using static TorchSharp.torch;

namespace Attune.Models.Numerics;

/// <summary>
/// How fast this machine multiplies matrices in each compute type. Measured, not asked of the processor: .NET has no flag
/// for bf16 units, and without them torch's bf16 product is a scalar loop, a hundred times slower than fp32.
/// </summary>
/// <param name="Float32">Floating-point operations a second.</param>
/// <param name="BFloat16">Floating-point operations a second.</param>
public sealed record ProductSpeeds(double Float32, double BFloat16)
{
    // The shape of a small model's layer: under a millisecond with units, some 50 ms in a scalar loop.
    private const int Rows = 64, Size = 576;

    private static readonly TimeSpan Enough = TimeSpan.FromMilliseconds(15);
    private static readonly Lazy<ProductSpeeds> Measured = new(Measure);

    /// <summary>This machine's, measured at the first use in a process (some 40 ms).</summary>
    public static ProductSpeeds OfThisMachine => Measured.Value;

    /// <summary>What <c>compute_type: auto</c> becomes: BFloat16 where it is not slower, since it takes half the memory; else Float32.</summary>
    public ScalarType Best => BFloat16 >= Float32 ? ScalarType.BFloat16 : ScalarType.Float32;

    private static ProductSpeeds Measure() => new(Measure(ScalarType.Float32), Measure(ScalarType.BFloat16));

    private static double Measure(ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var input = ones([Rows, Size], type);
        var weight = ones([Size, Size], type);
        var best = double.MaxValue;
        var start = Stopwatch.GetTimestamp();
        do
        {
            var before = Stopwatch.GetTimestamp();
            using var product = nn.functional.linear(input, weight);
            best = Math.Min(best, Stopwatch.GetElapsedTime(before).TotalSeconds);
        }
        while (Stopwatch.GetElapsedTime(start) < Enough);

        return 2.0 * Rows * Size * Size / best;
    }
}
