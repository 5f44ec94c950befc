using Attune.Models.Architectures;
using static TorchSharp.torch;

namespace Attune.Models.Weights;

/// <summary>
/// The weights that a decoder of the Llama family begins its training with: matrices from a normal distribution around 0,
/// norms at 1. The two projections of a layer that add to the residual stream are scaled by 1/√(2 × layers), so that its
/// variance does not grow with depth (Radford et al. 2019, "Language Models are Unsupervised Multitask Learners", 2.3).
/// A tensor is a function of seed and name alone: neither threads nor the order of loading matter.
/// </summary>
public sealed class InitialWeights : IWeightSource
{
    private static readonly string[] ResidualProjections = [".self_attn.o_proj.weight", ".mlp.down_proj.weight"];

    private readonly LlamaConfig _config;
    private readonly double _range;
    private readonly int _seed;

    /// <summary>Weights of a configuration; none is made before it is loaded.</summary>
    /// <param name="config">Sizes; without biases.</param>
    /// <param name="range">Standard deviation, above 0.</param>
    /// <param name="seed">Another seed gives other weights.</param>
    public InitialWeights(LlamaConfig config, double range, int seed)
    {
        (_config, _range, _seed) = (config, range, seed);
        Tensors = Shapes(config).ToDictionary(
            tensor => tensor.Name, tensor => new TensorInfo(tensor.Name, "F32", tensor.Shape, sizeof(float) * tensor.Shape.Aggregate(1L, (product, size) => product * size)));
    }

    /// <inheritdoc/>
    public string Path => "initial weights";

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <inheritdoc/>
    public Tensor Load(string name, ScalarType? type = null)
    {
        var shape = Tensors[name].Shape.ToArray();
        using var scope = NewDisposeScope();
        if (shape.Length == 1) return ones(shape, type ?? ScalarType.Float32).MoveToOuterDisposeScope();
        var deviation = ResidualProjections.Any(name.EndsWith) ? _range / Math.Sqrt(2.0 * _config.Layers) : _range;
        var values = Normal(checked((int)(shape[0] * shape[1])), deviation, new SeededRandom(SeedOf(name)));
        return tensor(values, shape).to(type ?? ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is open.
    }

    private static IEnumerable<(string Name, long[] Shape)> Shapes(LlamaConfig config)
    {
        long hidden = config.HiddenSize, heads = config.Heads * config.HeadSize, shared = config.KeyValueHeads * config.HeadSize, inner = config.IntermediateSize;
        yield return ("model.embed_tokens.weight", [config.VocabularySize, hidden]);
        for (var layer = 0; layer < config.Layers; layer++)
        {
            var name = $"model.layers.{layer}";
            yield return ($"{name}.input_layernorm.weight", [hidden]);
            yield return ($"{name}.self_attn.q_proj.weight", [heads, hidden]);
            yield return ($"{name}.self_attn.k_proj.weight", [shared, hidden]);
            yield return ($"{name}.self_attn.v_proj.weight", [shared, hidden]);
            yield return ($"{name}.self_attn.o_proj.weight", [hidden, heads]);
            yield return ($"{name}.post_attention_layernorm.weight", [hidden]);
            yield return ($"{name}.mlp.gate_proj.weight", [inner, hidden]);
            yield return ($"{name}.mlp.up_proj.weight", [inner, hidden]);
            yield return ($"{name}.mlp.down_proj.weight", [hidden, inner]);
        }

        yield return ("model.norm.weight", [hidden]);
        if (!config.TiedHead) yield return ("lm_head.weight", [config.VocabularySize, hidden]);
    }

    /// <summary>Box and Muller 1958: two uniform numbers make two normal ones.</summary>
    private static float[] Normal(int count, double deviation, SeededRandom random)
    {
        var values = new float[count];
        for (var i = 0; i < count; i += 2)
        {
            var radius = deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())); // 1 − u is never 0
            var (sin, cos) = Math.SinCos(2 * Math.PI * random.NextDouble());
            values[i] = (float)(radius * cos);
            if (i + 1 < count) values[i + 1] = (float)(radius * sin);
        }

        return values;
    }

    /// <summary>FNV-1a over the name, begun with the seed.</summary>
    private long SeedOf(string name)
    {
        var hash = 0xCBF29CE484222325 ^ (uint)_seed;
        foreach (var c in name) hash = unchecked((hash ^ c) * 0x100000001B3);
        return unchecked((long)hash);
    }
}
