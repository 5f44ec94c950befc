using Attune.Models.Architectures;

namespace Attune.Models.Fused;

/// <summary>Through which layers of a decoder a backward pass goes.</summary>
internal static class TrainedLayers
{
    /// <summary>The first layer with anything trained in it or below; the number of layers where there is none.</summary>
    public static int First(LlamaDecoder decoder)
    {
        if (decoder.Parameters[0].IsTrained) return 0; // the embedding
        var trained = decoder.Parameters.Where(parameter => parameter.IsTrained).Select(parameter => parameter.Name)
            .Concat(decoder.Linears.Where(linear => linear.Adapter is not null).Select(linear => $"{linear.Name}."))
            .ToArray();
        var first = Enumerable.Range(0, decoder.Config.Layers)
            .FirstOrDefault(layer => trained.Any(name => name.StartsWith($"model.layers.{layer}.", StringComparison.Ordinal)), decoder.Config.Layers);
        return first;
    }
}
