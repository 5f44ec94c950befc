using Attune.Models.Architectures;
using Attune.Models.Weights;
using static TorchSharp.torch;

namespace Attune.Bench.Model;

/// <summary>Weights of a Llama decoder, drawn as they are before any training; large ones repeat themselves, to be there at once.</summary>
internal sealed class RandomWeights : IWeightSource
{
    private const double Deviation = 0.02;
    private const int DrawnRows = 2048;

    public RandomWeights(LlamaConfig config)
    {
        long hidden = config.HiddenSize, inner = config.IntermediateSize;
        long query = config.Heads * config.HeadSize, shared = config.KeyValueHeads * config.HeadSize;
        var tensors = new Dictionary<string, TensorInfo>();
        Add("model.embed_tokens", config.VocabularySize, hidden);
        Add("model.norm", hidden);
        if (!config.TiedHead) Add("lm_head", config.VocabularySize, hidden);
        for (var i = 0; i < config.Layers; i++)
        {
            Add($"model.layers.{i}.input_layernorm", hidden);
            Add($"model.layers.{i}.self_attn.q_proj", query, hidden);
            Add($"model.layers.{i}.self_attn.k_proj", shared, hidden);
            Add($"model.layers.{i}.self_attn.v_proj", shared, hidden);
            Add($"model.layers.{i}.self_attn.o_proj", hidden, query);
            Add($"model.layers.{i}.post_attention_layernorm", hidden);
            Add($"model.layers.{i}.mlp.gate_proj", inner, hidden);
            Add($"model.layers.{i}.mlp.up_proj", inner, hidden);
            Add($"model.layers.{i}.mlp.down_proj", hidden, inner);
        }

        Tensors = tensors;

        void Add(string module, params long[] shape) =>
            tensors.Add($"{module}.weight", new TensorInfo($"{module}.weight", "F32", shape, sizeof(float) * shape.Aggregate((a, b) => a * b)));
    }

    public string Path => "random weights";

    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    public Tensor Load(string name, ScalarType? type = null)
    {
        using var scope = NewDisposeScope();
        long[] shape = [.. Tensors[name].Shape];
        var rows = Math.Min(shape[0], DrawnRows);
        var values = (shape.Length == 1 ? ones(shape) : randn(rows, shape[1]) * Deviation).to(type ?? ScalarType.Float32);
        if (shape.Length == 2 && rows < shape[0]) values = values.repeat((shape[0] + rows - 1) / rows, 1).narrow(0, 0, shape[0]);
        return values.contiguous().MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        // Nothing is open.
    }
}
