using Attune.Models.Architectures;
using Attune.Models.Numerics;
using Attune.Models.Weights;
using static TorchSharp.torch;

namespace Attune.Evaluation.Tests;

/// <summary>The decoder of recipes/tiny in fp32.</summary>
internal static class TinyModel
{
    public static LlamaDecoder Load()
    {
        var folder = Path.Combine(Checkout.Root, "recipes/tiny/model");
        using var weights = WeightSource.Open(folder);
        return LlamaDecoder.Load(LlamaConfigFile.Load(Path.Combine(folder, "config.json")), weights, new Precision(ScalarType.Float32));
    }
}
