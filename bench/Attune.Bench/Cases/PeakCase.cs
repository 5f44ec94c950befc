using static TorchSharp.torch;

namespace Attune.Bench.Cases;

/// <summary>Matrix products alone.</summary>
internal static class PeakCase
{
    public static Measurement OfTorch(ScalarType type) => new() { PeakGflops = ProductPeak.OfTorch(type, ProductPeak.Usual) / 1e9 };

    public static Measurement OfKernels(ScalarType type) => ProductPeak.OfKernels(type, ProductPeak.Usual) is var speed and > 0
        ? new Measurement { PeakGflops = speed / 1e9 }
        : new Measurement { Note = "not measured: no kernel for bf16 on this machine" };
}
