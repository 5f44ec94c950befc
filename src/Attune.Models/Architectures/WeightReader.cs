using System.Text.RegularExpressions;
using Attune.Models.Layers;
using Attune.Models.Numerics;
using Attune.Models.Weights;
using static TorchSharp.torch;

namespace Attune.Models.Architectures;

/// <summary>Takes a model's tensors out of a weight source, checks their shapes and notes which were taken.</summary>
internal sealed partial class WeightReader(IWeightSource source)
{
    // llama.cpp keeps Llama 3's frequency scaling as a tensor.
    private const string RotaryFactorsName = "rope_freqs.weight";

    private readonly HashSet<string> _taken = [];

    /// <summary>A weight of exactly this shape.</summary>
    public Parameter Parameter(string name, ScalarType type, params long[] shape)
    {
        if (!source.Tensors.TryGetValue(name, out var info))
        {
            throw new AttuneException(ExitCode.Model, $"{source.Path}: no tensor {name}, expected with shape [{string.Join(", ", shape)}].",
                "The file is incomplete, or its configuration is that of another model.");
        }

        if (!info.Shape.SequenceEqual(shape))
        {
            throw new AttuneException(ExitCode.Model,
                $"{source.Path}: tensor {name} has shape [{string.Join(", ", info.Shape)}]; the configuration gives [{string.Join(", ", shape)}].",
                "The configuration is that of another model.");
        }

        _taken.Add(name);
        return new Parameter(name, source.Load(name, type).DetachFromDisposeScope());
    }

    /// <summary>A linear layer; quantized at once where it is to be, so that no two are ever there in full.</summary>
    public Linear Linear(string name, Precision precision, long inFeatures, long outFeatures, bool hasBias)
    {
        var linear = new Linear(
            name,
            Parameter($"{name}.weight", precision.Storage, outFeatures, inFeatures).Value,
            hasBias ? Parameter($"{name}.bias", precision.Storage, outFeatures).Value : null);
        if (precision.Quantization == Quantization.Nf4) linear.Parameters.First().Quantize();
        return linear;
    }

    /// <summary>A norm; its weight stays in fp32.</summary>
    public RmsNorm Norm(string name, long size, double epsilon) => new(Parameter($"{name}.weight", ScalarType.Float32, size), epsilon);

    /// <summary>What a GGUF divides the rotary frequencies by; null: nothing.</summary>
    public float[]? RotaryFactors(long count)
    {
        if (!source.Tensors.ContainsKey(RotaryFactorsName)) return null;
        using var factors = Parameter(RotaryFactorsName, ScalarType.Float32, count).Value;
        return factors.data<float>().ToArray();
    }

    /// <summary>A tensor that nothing uses means that the model is not what it is taken for; only known left-overs may stay.</summary>
    /// <param name="allowed">Names that may stay unused.</param>
    public void RefuseUnused(IReadOnlyList<string> allowed)
    {
        var unused = source.Tensors.Keys.Where(name => !_taken.Contains(name) && !allowed.Contains(name) && !LeftOver().IsMatch(name)).Order().ToArray();
        if (unused.Length == 0) return;
        throw new AttuneException(ExitCode.Model,
            $"{source.Path}: {unused.Length} tensors have no place in a Llama decoder with this configuration, for example {unused[0]}.",
            "The model has another architecture, or its configuration does not say that it has biases.");
    }

    // Buffers that older versions of transformers saved.
    [GeneratedRegex(@"\.rotary_emb\.inv_freq$", RegexOptions.NonBacktracking)]
    private static partial Regex LeftOver();
}
