using Attune.Bench.Model;
using Attune.Bench.Training;
using Attune.Models.Numerics;
using Attune.Training.Recipes;
using static TorchSharp.torch;

namespace Attune.Bench.Cases;

/// <summary>What the benchmark commands measure, in the order of their tables.</summary>
internal static class CaseLists
{
    /// <summary>Of <c>bench/run</c>: everything users wait for, in both compute types.</summary>
    public static IReadOnlyList<BenchCase> Everything() =>
    [
        .. InBothTypes("product-torch", PeakCase.OfTorch),
        .. InBothTypes("product-kernels", PeakCase.OfKernels),
        .. InBothTypes("load", LoadCase.Measure),
        .. InBothTypes("lora-real", TrainingCase.OnRealRows),
        .. InBothTypes("lora-8x128", type => TrainingCase.Measure(new(type), EightRows())),
        .. InBothTypes("full-8x128", type => TrainingCase.Measure(new(type, Method.Full), EightRows())),
        .. InBothTypes("decode-1", type => GenerationCase.Decode(type, 1)),
        .. InBothTypes("decode-8", type => GenerationCase.Decode(type, 8)),
        .. InBothTypes("prefill-512", GenerationCase.Prefill),
    ];

    /// <summary>Of <c>bench/training</c>: the training step in its variants.</summary>
    public static IReadOnlyList<BenchCase> Training() =>
    [
        new("bf16-packed", ScalarType.BFloat16, type => TrainingCase.Measure(new(type), StepRows.OfChats())),
        new("fp32-packed", ScalarType.Float32, type => TrainingCase.Measure(new(type), StepRows.OfChats())),
        new("bf16-stored", ScalarType.Float32, type => TrainingCase.Measure(new(type) { StorageType = ScalarType.BFloat16 }, StepRows.OfChats())),
        new("bf16-4096", ScalarType.BFloat16, type => TrainingCase.Measure(new(type), StepRows.OfLengths(4096))),
        new("recomputed-4096", ScalarType.BFloat16, type => TrainingCase.Measure(new(type) { Recomputes = true }, StepRows.OfLengths(4096))),
        new("full", ProductSpeeds.OfThisMachine.Best, type =>
            TrainingCase.Measure(new(type, Method.Full) { Optimizer = OptimizerKind.AdamW8bit }, StepRows.OfChats()).WithNote(InType(type))),
        new("nf4", ProductSpeeds.OfThisMachine.Best, type =>
            TrainingCase.Measure(new(type) { StorageType = ScalarType.BFloat16, Quantization = Quantization.Nf4 }, StepRows.OfChats()).WithNote(InType(type))),
        new("7b-nf4", ProductSpeeds.OfThisMachine.Best, OfSevenBillion),
    ];

    private static Measurement OfSevenBillion(ScalarType type) =>
        TrainingCase.Measure(
            new(type) { StorageType = ScalarType.BFloat16, Quantization = Quantization.Nf4, Shape = Llama2.Config },
            StepRows.OfLengths(Llama2.Config.VocabularySize, [.. Enumerable.Repeat(64, 8)])).WithNote(InType(type));

    private static string InType(ScalarType type) => type == ScalarType.BFloat16 ? "in bf16" : "in fp32: no bf16 unit";

    private static StepRows EightRows() => StepRows.OfLengths([.. Enumerable.Repeat(128, 8)]);

    private static IEnumerable<BenchCase> InBothTypes(string name, Func<ScalarType, Measurement?> measure) =>
        [new($"{name}-fp32", ScalarType.Float32, measure), new($"{name}-bf16", ScalarType.BFloat16, measure)];
}
