using Attune.Models.Attention;
using Attune.Models.Batches;
using Attune.Models.Layers;
using Attune.Models.Numerics;
using Attune.Models.Weights;
using static TorchSharp.torch;

namespace Attune.Models.Architectures;

/// <summary>
/// The Llama family: tokens → embedding → layers of attention and SwiGLU feed-forward, each added to the residual
/// stream → norm → output layer (Touvron et al. 2023; grouped queries: Ainslie et al. 2023). Products run in the compute
/// type; the residual stream, norms, rotations and logits are fp32. Weights are frozen until someone trains them.
/// </summary>
public sealed class LlamaDecoder : IDisposable
{
    private readonly Parameter _embedding;   // [vocabulary, hidden]
    private readonly Layer[] _layers;
    private readonly RmsNorm _norm;
    private Linear? _head;                   // null: the embedding is the output layer's weight too
    private readonly float[]? _rotaryFactors;

    private LlamaDecoder(LlamaConfig config, WeightReader weights, Precision precision)
    {
        (Config, Precision) = (config, precision);
        _embedding = weights.Parameter("model.embed_tokens.weight", precision.Storage, config.VocabularySize, config.HiddenSize);
        _layers = [.. Enumerable.Range(0, config.Layers).Select(index => new Layer(this, weights, index))];
        _norm = weights.Norm("model.norm", config.HiddenSize, config.NormEpsilon);
        _head = config.TiedHead ? null : weights.Linear("lm_head", new Precision(precision.Storage), config.HiddenSize, config.VocabularySize, hasBias: false);
        _rotaryFactors = weights.RotaryFactors(config.HeadSize / 2);

        Linears = [.. _layers.SelectMany(layer => layer.Linears), .. (Linear[])(_head is null ? [] : [_head])];
        Parameters = [_embedding, .. _layers.SelectMany(layer => layer.Parameters), _norm.Weight, .. _head?.Parameters ?? []];
    }

    /// <summary>Sizes and settings.</summary>
    public LlamaConfig Config { get; private set; }

    /// <summary>Types of its numbers.</summary>
    public Precision Precision { get; }

    /// <summary>Element type of products.</summary>
    public ScalarType ComputeType => Precision.Compute;

    /// <summary>All linear layers in model order; <c>lm_head</c> last where it is a layer of its own.</summary>
    public IReadOnlyList<Linear> Linears { get; private set; }

    /// <summary>Every weight of the checkpoint in model order; an output layer tied to the embedding is not listed twice.</summary>
    public IReadOnlyList<Parameter> Parameters { get; private set; }

    /// <summary>
    /// Called during <see cref="Forward"/> with the residual stream, [tokens, hidden] in fp32: 0 the embedding, i the
    /// output of layer i, the last one still before the final norm.
    /// </summary>
    public Action<int, Tensor>? HiddenStateObserver { get; set; }

    /// <summary>Reads a model's weights; every tensor must be there in the shape the configuration gives.</summary>
    /// <param name="config">Sizes and settings.</param>
    /// <param name="source">Weights under their Hugging Face names.</param>
    /// <param name="precision">Matrices are kept in its storage type or quantized, norms in fp32.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Model"/>: a tensor is missing, has another shape, or belongs to another architecture.</exception>
    public static LlamaDecoder Load(LlamaConfig config, IWeightSource source, Precision precision)
    {
        using var noGradients = no_grad();
        var weights = new WeightReader(source);
        var decoder = new LlamaDecoder(config, weights, precision);
        weights.RefuseUnused(config.TiedHead ? ["lm_head.weight"] : []);
        return decoder;
    }

    /// <summary>Hidden states after the final norm.</summary>
    /// <param name="batch">Samples laid end to end; each sees only itself.</param>
    /// <param name="cache">Holds as many samples as the batch: they go on after what it holds and are added to it, without gradients. Null: positions start at 0.</param>
    /// <returns>[tokens, hidden] in the compute type.</returns>
    /// <exception cref="AttuneException"><see cref="ExitCode.Model"/>: a token id outside the vocabulary.</exception>
    public Tensor Forward(PackedBatch batch, KeyValueCache? cache = null)
    {
        using var scope = NewDisposeScope();
        using var noGradients = cache is null ? null : no_grad();
        IAttention attention = cache is null
            ? new PackedAttention(batch.Lengths, ComputeType)
            : new CachedAttention(cache, batch.Lengths, ComputeType);
        var rotary = Rotary(attention.Positions, attention.Length);

        var residual = Embed(batch.TokenIds);
        HiddenStateObserver?.Invoke(0, residual);
        foreach (var layer in _layers)
        {
            residual = layer.Forward(residual, rotary, attention);
            HiddenStateObserver?.Invoke(layer.Index + 1, residual);
        }

        cache?.Advance(batch.Lengths);
        return _norm.Forward(residual, ComputeType).MoveToOuterDisposeScope();
    }

    /// <summary>Scores of every token of the vocabulary. Pass only the rows whose scores are needed: this is the widest product of a model.</summary>
    /// <param name="hidden">[rows, hidden] in the compute type, rows of what <see cref="Forward"/> returned.</param>
    /// <returns>[rows, vocabulary], fp32.</returns>
    public Tensor Logits(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        var logits = _head is null
            ? nn.functional.linear(hidden, _embedding.Value.to(ComputeType))
            : _head.Forward(hidden);
        return logits.to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Gives a tied output layer a weight of its own, <c>lm_head.weight</c>, which is the embedding's tensor until one
    /// of the two is replaced.
    /// </summary>
    public void UntieHead()
    {
        if (_head is not null) return;
        _head = new Linear("lm_head", _embedding.Value);
        Config = Config with { TiedHead = false };
        Linears = [.. Linears, _head];
        Parameters = [.. Parameters, .. _head.Parameters];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var parameter in Parameters) parameter.Dispose();
    }

    /// <summary>[tokens, hidden], fp32. The padding token's row gets no gradient from here, as the reference has it.</summary>
    private Tensor Embed(int[] tokenIds)
    {
        foreach (var id in tokenIds) RequireToken(id);

        var ids = tensor(tokenIds).to(ScalarType.Int64);
        var rows = _embedding.Value.index_select(0, ids);
        if (rows.requires_grad && Config.PaddingId is { } padding)
            rows = where((ids == padding).unsqueeze(1), rows.detach(), rows);
        return rows.to(ScalarType.Float32);
    }

    /// <summary>Cos and sin of tokens at these places of their samples, the longest of which has so many tokens.</summary>
    internal RotaryTable Rotary(int[] positions, int length) =>
        new(Frequencies(length), positions, RotaryFrequencies.AttentionFactor(Config.Rotary));

    /// <summary>Refuses an id that has no row in the embedding.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Model"/>: the id is outside the vocabulary.</exception>
    internal void RequireToken(int id)
    {
        if ((uint)id >= Config.VocabularySize)
            throw new AttuneException(ExitCode.Model, $"Token id {id} is not in the model's vocabulary of {Config.VocabularySize}.", "The tokenizer is that of another model.");
    }

    private float[] Frequencies(int length)
    {
        var frequencies = RotaryFrequencies.Compute(Config.Rotary, Config.HeadSize, length);
        return _rotaryFactors is null ? frequencies : [.. frequencies.Zip(_rotaryFactors, (frequency, factor) => frequency / factor)];
    }

    /// <summary>x + attention(norm(x)), then + feed-forward(norm(x)).</summary>
    private sealed class Layer
    {
        private readonly RmsNorm _attentionNorm, _mlpNorm;
        private readonly Linear _query, _key, _value, _output, _gate, _up, _down;
        private readonly long _headSize;
        private readonly ScalarType _type;

        public Layer(LlamaDecoder model, WeightReader weights, int index)
        {
            var (config, precision) = (model.Config, model.Precision);
            (Index, _headSize, _type) = (index, config.HeadSize, precision.Compute);
            var name = $"model.layers.{index}";
            int hidden = config.HiddenSize, heads = config.Heads * config.HeadSize, shared = config.KeyValueHeads * config.HeadSize;

            _attentionNorm = weights.Norm($"{name}.input_layernorm", hidden, config.NormEpsilon);
            _query = weights.Linear($"{name}.self_attn.q_proj", precision, hidden, heads, config.AttentionBias);
            _key = weights.Linear($"{name}.self_attn.k_proj", precision, hidden, shared, config.AttentionBias);
            _value = weights.Linear($"{name}.self_attn.v_proj", precision, hidden, shared, config.AttentionBias);
            _output = weights.Linear($"{name}.self_attn.o_proj", precision, heads, hidden, config.AttentionBias);
            _mlpNorm = weights.Norm($"{name}.post_attention_layernorm", hidden, config.NormEpsilon);
            _gate = weights.Linear($"{name}.mlp.gate_proj", precision, hidden, config.IntermediateSize, config.MlpBias);
            _up = weights.Linear($"{name}.mlp.up_proj", precision, hidden, config.IntermediateSize, config.MlpBias);
            _down = weights.Linear($"{name}.mlp.down_proj", precision, config.IntermediateSize, hidden, config.MlpBias);
        }

        public int Index { get; }

        public Linear[] Linears => [_query, _key, _value, _output, _gate, _up, _down];

        public IEnumerable<Parameter> Parameters =>
            [_attentionNorm.Weight, _mlpNorm.Weight, .. Linears.SelectMany(linear => linear.Parameters)];

        /// <summary>residual: [tokens, hidden], fp32.</summary>
        public Tensor Forward(Tensor residual, RotaryTable rotary, IAttention attention)
        {
            using var scope = NewDisposeScope();
            residual = residual + Attend(_attentionNorm.Forward(residual, _type), rotary, attention);
            residual = residual + FeedForward(_mlpNorm.Forward(residual, _type));
            return residual.MoveToOuterDisposeScope();
        }

        private Tensor Attend(Tensor input, RotaryTable rotary, IAttention attention)
        {
            // [tokens, heads, head size]; queries and keys are turned together.
            var (query, key, value) = (Heads(_query.Forward(input)), Heads(_key.Forward(input)), Heads(_value.Forward(input)));
            var turned = rotary.Rotate(cat([query, key], 1)).split([query.shape[1], key.shape[1]], 1);
            return _output.Forward(attention.Attend(Index, turned[0], turned[1], value));
        }

        private Tensor FeedForward(Tensor input) =>
            _down.Forward(nn.functional.silu(_gate.Forward(input)) * _up.Forward(input));

        private Tensor Heads(Tensor x) => x.view(x.shape[0], -1, _headSize);
    }
}
