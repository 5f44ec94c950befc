using Attune.Kernels.Attention;
using Attune.Kernels.Memory;
using Attune.Kernels.Products;
using Attune.Kernels.Rows;
using Attune.Kernels.Threads;
using Attune.Models.Adapters.Lora;
using Attune.Models.Architectures;
using Attune.Models.Batches;
using static TorchSharp.torch;

namespace Attune.Models.Fused;

/// <summary>
/// Loss and gradients of a decoder with LoRA adapters through our own kernels, layer by layer with explicit backward passes:
/// the fused path of training on a CPU. <see cref="LlamaDecoder.Forward"/> with autograd is its plain twin and its oracle.
/// It computes with the decoder's own tensors and leaves gradients in the adapters' <c>grad</c>.
/// </summary>
public sealed class FusedDecoder : ILabelLosses, IDisposable
{
    private readonly LlamaDecoder _decoder;
    private readonly Team _team;
    private readonly ProductRunner _runner;
    private readonly CausalAttention _attention;
    private readonly FusedScratch _scratch;
    private readonly FusedLinearScratch[] _linearScratch;
    private readonly FusedLayer[] _layers;
    private readonly LayerMemory[] _memory;          // of each layer, and the last one's result as another's input
    private readonly FusedHead _head;
    private readonly Matrix _embedding;
    private readonly MatrixMemory _gradient, _rounded;
    private readonly int _firstTrained;

    private FusedDecoder(LlamaDecoder decoder, ProductKernel kernel, int threads)
    {
        var (config, type) = (decoder.Config, kernel.Type);
        var shape = new AttentionShape(config.Heads, config.KeyValueHeads, config.HeadSize);
        var weights = decoder.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value);
        (_decoder, _team) = (decoder, new Team(threads));
        _runner = new ProductRunner(_team, kernel);
        _attention = new CausalAttention(_team, kernel, shape);
        _scratch = new FusedScratch(config, shape, type);
        var linears = decoder.Linears.Where(linear => linear.Name != "lm_head").Chunk(7).ToArray();
        _linearScratch = [.. Enumerable.Range(0, 7).Select(kind => new FusedLinearScratch(linears.Max(layer => Rank(layer[kind])), type))];
        _layers = [.. linears.Select((layer, index) => new FusedLayer(_team, _runner, _attention, shape, config.NormEpsilon, _scratch)
        {
            AttentionNorm = TensorMemory.Of(weights[$"model.layers.{index}.input_layernorm.weight"]),
            MlpNorm = TensorMemory.Of(weights[$"model.layers.{index}.post_attention_layernorm.weight"]),
            Query = Fused(layer, 0), Key = Fused(layer, 1), Value = Fused(layer, 2), Output = Fused(layer, 3),
            Gate = Fused(layer, 4), Up = Fused(layer, 5), Down = Fused(layer, 6),
        })];
        _memory = [.. Enumerable.Range(0, config.Layers + 1).Select(_ => new LayerMemory(config, shape, type))];
        _embedding = TensorMemory.Of(weights["model.embed_tokens.weight"]);
        _head = new FusedHead(
            _team, _runner, TensorMemory.Of(weights["model.norm.weight"]), config.TiedHead ? _embedding : TensorMemory.Of(weights["lm_head.weight"]), config.NormEpsilon);
        (_gradient, _rounded) = (new MatrixMemory(config.HiddenSize, ElementType.Float32), new MatrixMemory(config.HiddenSize, type));
        _firstTrained = Array.FindIndex(_layers, layer => layer.IsTrained);

        FusedLinear Fused(Layers.Linear[] layer, int kind) => new(layer[kind], type, _linearScratch[kind]);

        static int Rank(Layers.Linear linear) => linear.Adapter is LoraLayer lora ? (int)lora.A.Value.shape[0] : 0;
    }

    /// <summary>The fused path of a decoder, or null where it has none (<see cref="WhyNot"/>) and the plain one has to do.</summary>
    /// <param name="decoder">With adapters on some of its layers and nothing else trained.</param>
    /// <param name="threads">Threads to use.</param>
    /// <param name="tokens">Tokens of the largest micro-batch, for which memory is taken at once; larger ones work too.</param>
    public static FusedDecoder? Create(LlamaDecoder decoder, int threads, int tokens = 0)
    {
        if (!IsFor(decoder)) return null;
        var fused = new FusedDecoder(decoder, ProductKernel.Of(TypeOf(decoder))!, threads);
        fused.Reserve(tokens);
        return fused;
    }

    /// <summary>Whether a decoder has a fused path.</summary>
    public static bool IsFor(LlamaDecoder decoder) => WhyNot(decoder) is null;

    /// <summary>Why a decoder has no fused path, for users; null: it has one.</summary>
    public static string? WhyNot(LlamaDecoder decoder)
    {
        var adapters = decoder.Linears.Where(linear => linear.Adapter is not null).ToArray();
        if (ProductKernel.Of(TypeOf(decoder)) is null) return "there are no bf16 products of our own on this machine";
        if (adapters.Length == 0) return "the model's own weights are trained";
        if (decoder.Parameters.Any(parameter => parameter.IsTrained)) return "lora.modules_to_save trains weights of the model";
        if (adapters.Any(linear => linear.Adapter is not LoraLayer { HasDropout: false })) return "lora.dropout is above 0";
        if (adapters.Any(linear => linear.Name == "lm_head")) return "the output layer has an adapter";
        return decoder.Config.AttentionBias || decoder.Config.MlpBias ? "the model's layers have biases" : null;
    }

    /// <inheritdoc/>
    public float[] Backward(PackedBatch batch, int[] positions, int[] labels, double weight)
    {
        var tokens = batch.TokenIds.Length;
        Begin(batch);
        for (var layer = 0; layer < _layers.Length; layer++) _layers[layer].Forward(_memory[layer], _memory[layer + 1].Input(tokens));

        var gradient = _gradient.Of(tokens);
        gradient.Clear();
        var losses = _head.Run(_memory[^1].Input(tokens), positions, labels, (float)weight, gradient);
        var rounded = _rounded.Of(tokens);
        Conversion.Copy(_team, gradient, rounded);
        for (var layer = _layers.Length - 1; layer >= _firstTrained; layer--)
            _layers[layer].Backward(_memory[layer], gradient, rounded, needsInput: layer > _firstTrained);
        return losses;
    }

    /// <inheritdoc/>
    public float[] Losses(PackedBatch batch, int[] positions, int[] labels)
    {
        var tokens = batch.TokenIds.Length;
        Begin(batch);
        for (var layer = 0; layer < _layers.Length; layer++) // two memories take turns: nothing is kept
            _layers[layer].Forward(_memory[layer % 2], _memory[(layer + 1) % 2].Input(tokens));
        return _head.Run(_memory[_layers.Length % 2].Input(tokens), positions, labels, null, default);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var layer in _layers) layer.Dispose();
        foreach (var memory in _memory) memory.Dispose();
        foreach (var scratch in _linearScratch) scratch.Dispose();
        IDisposable[] others = [_scratch, _head, _gradient, _rounded, _attention, _runner, _team];
        foreach (var other in others) other.Dispose();
    }

    private static ElementType TypeOf(LlamaDecoder decoder) => decoder.ComputeType == ScalarType.BFloat16 ? ElementType.BFloat16 : ElementType.Float32;

    private void Reserve(int tokens)
    {
        _scratch.Reserve(tokens);
        foreach (var scratch in _linearScratch) scratch.Reserve(tokens);
        foreach (var linear in _layers.SelectMany(layer => layer.Linears)) linear.Reserve(tokens);
        foreach (var memory in _memory.SkipLast(1)) memory.Reserve(tokens);
        _ = (_memory[^1].Input(tokens), _gradient.Of(tokens), _rounded.Of(tokens));
    }

    /// <summary>Rounds the adapters' masters and fills in embeddings and positions.</summary>
    private void Begin(PackedBatch batch)
    {
        var tokens = batch.TokenIds.Length;
        _scratch.Begin(batch.Lengths);
        foreach (var scratch in _linearScratch) scratch.Reserve(tokens);
        foreach (var (master, rounded, factor) in _layers.SelectMany(layer => layer.Linears).SelectMany(linear => linear.Masters()))
            Conversion.Copy(_team, master, rounded, factor);

        using (NewDisposeScope())
        {
            var rotary = _decoder.Rotary([.. batch.Lengths.SelectMany(length => Enumerable.Range(0, length))], batch.Lengths.Max());
            Conversion.Copy(_team, TensorMemory.Of(rotary.Cos.contiguous()), _scratch.Cos);
            Conversion.Copy(_team, TensorMemory.Of(rotary.Sin.contiguous()), _scratch.Sin);
        }

        foreach (var id in batch.TokenIds) _decoder.RequireToken(id);
        Conversion.Gather(_team, _embedding, batch.TokenIds, _memory[0].Input(tokens));
    }
}
