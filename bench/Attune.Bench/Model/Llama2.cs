using Attune.Models.Architectures;
using Attune.Models.Layers;

namespace Attune.Bench.Model;

/// <summary>The shape of Llama-2-7B.</summary>
internal static class Llama2
{
    public static LlamaConfig Config { get; } = new()
    {
        VocabularySize = 32_000,
        HiddenSize = 4096,
        IntermediateSize = 11_008,
        Layers = 32,
        Heads = 32,
        KeyValueHeads = 32,
        HeadSize = 128,
        NormEpsilon = 1e-5,
        Rotary = new RotaryOptions(10_000),
        MaxPositions = 4096,
        TiedHead = false,
    };
}
