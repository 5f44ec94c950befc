using Attune.Models.Architectures;
using Attune.Models.Numerics;
using Attune.Models.Weights;
using static TorchSharp.torch;

namespace Attune.Models.Tests.Architectures;

/// <summary>The real model, loaded when a test first asks for it.</summary>
public sealed class SmolLm2 : IDisposable
{
    private readonly Dictionary<ScalarType, LlamaDecoder> _decoders = [];

    public LlamaDecoder Decoder(ScalarType type)
    {
        if (_decoders.TryGetValue(type, out var decoder)) return decoder;
        var folder = Goldens.Model("smollm2-135m-instruct");
        using var weights = WeightSource.Open(folder);
        return _decoders[type] = LlamaDecoder.Load(LlamaConfigFile.Load(Path.Combine(folder, LlamaConfigFile.Name)), weights, new Precision(type));
    }

    public void Dispose()
    {
        foreach (var decoder in _decoders.Values) decoder.Dispose();
    }
}
