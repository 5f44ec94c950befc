using Attune.Models.Numerics;
using static TorchSharp.torch;

namespace Attune.Bench.Cases;

/// <summary>The matrix-product peak itself.</summary>
internal static class PeakCase
{
    public static Measurement Measure(ScalarType type) => new()
    {
        PeakGflops = ProductPeak.Measure(type) / 1e9,
        Note = type == ScalarType.BFloat16 && ProductSpeeds.OfThisMachine.Best != type ? "no bf16 unit" : null,
    };
}
