using Attune.Models.Numerics;
using static TorchSharp.torch;

namespace Attune.Bench.Cases;

/// <summary>One thing to measure, in one compute type.</summary>
/// <param name="Name">What <c>--case</c> takes; none is the beginning of another of the same list.</param>
/// <param name="Type">Float32 or BFloat16.</param>
/// <param name="Measure">Gives the figures; null: files are missing.</param>
internal sealed record BenchCase(string Name, ScalarType Type, Func<ScalarType, Measurement?> Measure)
{
    /// <summary>Measures in this process.</summary>
    public Measurement Run()
    {
        if (Type == ScalarType.BFloat16 && ProductSpeeds.OfThisMachine.Torch.Best != Type)
            return Named(new Measurement { Note = "not measured: no bf16 unit" });
        return Measure(Type) is { } measured
            ? Named(measured with { PeakMemory = ProcessMemory.Peak() })
            : Named(new Measurement { Note = "not measured: needs the model and data of ATTUNE_SHARED" });
    }

    private Measurement Named(Measurement measured) => measured with { Case = Name };
}
