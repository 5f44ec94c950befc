using Attune.Models.Adapters.Lora;
using Attune.Models.Architectures;
using Attune.Models.Layers;
using Attune.Models.Numerics;
using Attune.Models.Weights;
using static TorchSharp.torch;

namespace Attune.Models.Tests.Fused;

/// <summary>A decoder of any shape with seeded weights, and adapters whose B is not zero.</summary>
internal static class RandomDecoder
{
    public static LlamaDecoder Create(LlamaConfig config, ScalarType type, LoraOptions options) => Create(config, new Precision(type), options, out _);

    public static LlamaDecoder Create(LlamaConfig config, Precision precision, LoraOptions options, out LoraAdapter adapter)
    {
        const int seed = 1;
        var decoder = LlamaDecoder.Load(config, new Weights(config, seed), precision);
        adapter = LoraAdapter.Attach(decoder, options, seed);
        using var noGradients = no_grad();
        using var generator = new Generator((ulong)seed);
        foreach (var parameter in adapter.Parameters.Where(parameter => parameter.Name.Contains("lora_B", StringComparison.Ordinal)))
        {
            using var values = randn(parameter.Value.shape, generator: generator) * 0.05;
            parameter.Value.copy_(values);
        }

        return decoder;
    }

    /// <summary>Without adapters, with fp32 masters in the place of some weights.</summary>
    /// <param name="config">Sizes.</param>
    /// <param name="type">Compute type.</param>
    /// <param name="trained">Which weights, by name.</param>
    public static LlamaDecoder CreateTrained(LlamaConfig config, ScalarType type, Func<string, bool> trained)
    {
        var decoder = LlamaDecoder.Load(config, new Weights(config, 1), new Precision(type));
        foreach (var parameter in decoder.Parameters.Where(parameter => trained(parameter.Name)))
        {
            using var frozen = parameter.Value;
            parameter.Value = frozen.to(ScalarType.Float32, copy: true);
            parameter.IsTrained = true;
        }

        return decoder;
    }

    public static IReadOnlyList<Parameter> Trained(LlamaDecoder decoder) =>
    [
        .. decoder.Linears.Select(linear => linear.Adapter).OfType<LoraLayer>().SelectMany(lora => (Parameter[])[lora.A, lora.B]),
        .. decoder.Parameters.Where(parameter => parameter.IsTrained),
    ];

    private sealed class Weights(LlamaConfig config, int seed) : IWeightSource
    {
        public string Path => "random weights";

        public IReadOnlyDictionary<string, TensorInfo> Tensors { get; } = Shapes(config).ToDictionary(
            shape => shape.Name, shape => new TensorInfo(shape.Name, "F32", shape.Shape, sizeof(float) * shape.Shape.Aggregate((a, b) => a * b)));

        public Tensor Load(string name, ScalarType? type = null)
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator((ulong)(seed + Tensors.Keys.Order(StringComparer.Ordinal).ToList().IndexOf(name)));
            long[] shape = [.. Tensors[name].Shape];
            var values = randn(shape, generator: generator);
            values = shape.Length == 1 ? 1 + (values * 0.1) : values / Math.Sqrt(shape[1]);
            return values.to(ScalarType.BFloat16).to(type ?? ScalarType.Float32).MoveToOuterDisposeScope(); // the same numbers in both types
        }

        public void Dispose()
        {
            // Nothing is open.
        }

        private static IEnumerable<(string Name, long[] Shape)> Shapes(LlamaConfig config)
        {
            long hidden = config.HiddenSize, inner = config.IntermediateSize;
            long query = config.Heads * config.HeadSize, shared = config.KeyValueHeads * config.HeadSize;
            yield return ("model.embed_tokens.weight", [config.VocabularySize, hidden]);
            yield return ("model.norm.weight", [hidden]);
            if (!config.TiedHead) yield return ("lm_head.weight", [config.VocabularySize, hidden]);
            foreach (var layer in Enumerable.Range(0, config.Layers).Select(index => $"model.layers.{index}."))
            {
                if (config.AttentionBias)
                {
                    yield return (layer + "self_attn.q_proj.bias", [query]);
                    yield return (layer + "self_attn.k_proj.bias", [shared]);
                    yield return (layer + "self_attn.v_proj.bias", [shared]);
                    yield return (layer + "self_attn.o_proj.bias", [hidden]);
                }

                if (config.MlpBias)
                {
                    yield return (layer + "mlp.gate_proj.bias", [inner]);
                    yield return (layer + "mlp.up_proj.bias", [inner]);
                    yield return (layer + "mlp.down_proj.bias", [hidden]);
                }

                yield return (layer + "input_layernorm.weight", [hidden]);
                yield return (layer + "post_attention_layernorm.weight", [hidden]);
                yield return (layer + "self_attn.q_proj.weight", [query, hidden]);
                yield return (layer + "self_attn.k_proj.weight", [shared, hidden]);
                yield return (layer + "self_attn.v_proj.weight", [shared, hidden]);
                yield return (layer + "self_attn.o_proj.weight", [hidden, query]);
                yield return (layer + "mlp.gate_proj.weight", [inner, hidden]);
                yield return (layer + "mlp.up_proj.weight", [inner, hidden]);
                yield return (layer + "mlp.down_proj.weight", [hidden, inner]);
            }
        }
    }
}
