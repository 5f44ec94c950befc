using Attune.Models.Architectures;
using Attune.Models.Numerics;
using Attune.Models.Weights;
using static TorchSharp.torch;

namespace Attune.Bench.Nano;

/// <summary>stories260K, a model of 260,032 parameters trained on TinyStories: its weights.</summary>
internal static class Stories260K
{
    /// <summary>Its files; null: they are not on this machine.</summary>
    public static string? Folder => SharedFiles.Find("data/stories260K");

    /// <summary>Loads it in fp32.</summary>
    public static LlamaDecoder LoadDecoder(string folder)
    {
        using var weights = (GgufWeights)WeightSource.Open(Path.Combine(folder, "stories260K.gguf"));
        return LlamaDecoder.Load(LlamaConfigGguf.Read(weights.Metadata, weights.Tensors.Keys, weights.Path), weights, new Precision(ScalarType.Float32));
    }
}
