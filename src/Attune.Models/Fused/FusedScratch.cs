using Attune.Kernels.Attention;
using Attune.Kernels.Memory;
using Attune.Models.Architectures;

namespace Attune.Models.Fused;

/// <summary>What all layers share: the batch's positions, and results that are used up within a layer.</summary>
internal sealed class FusedScratch(LlamaConfig config, AttentionShape shape, ElementType type) : IDisposable
{
    private readonly MatrixMemory _cos = new(shape.HeadSize / 2, ElementType.Float32), _sin = new(shape.HeadSize / 2, ElementType.Float32);
    private readonly MatrixMemory _normed = new(config.HiddenSize, type), _hidden = new(config.HiddenSize, ElementType.Float32);
    private readonly MatrixMemory _inner = new(config.IntermediateSize, type);
    private readonly MatrixMemory _gate = new(config.IntermediateSize, type), _up = new(config.IntermediateSize, type);
    private readonly MatrixMemory _attended = new(shape.Heads * shape.HeadSize, type);
    private readonly MatrixMemory _query = Heads(shape), _keys = Heads(shape), _values = Heads(shape);
    private readonly MatrixMemory _projections = new((shape.Heads + (2 * shape.KeyValueHeads)) * shape.HeadSize, type);
    private int _tokens;

    /// <summary>Tokens of each sample of the batch.</summary>
    public int[] Lengths { get; private set; } = [];

    /// <summary>[tokens, head size ÷ 2], fp32.</summary>
    public Matrix Cos => _cos.Of(_tokens);

    /// <summary>[tokens, head size ÷ 2], fp32.</summary>
    public Matrix Sin => _sin.Of(_tokens);

    /// <summary>A normalised input, [tokens, hidden].</summary>
    public Matrix Normed => _normed.Of(_tokens);

    /// <summary>Its gradient, [tokens, hidden], fp32.</summary>
    public Matrix NormedGradient => _hidden.Of(_tokens);

    /// <summary>silu(gate) · up, [tokens, intermediate].</summary>
    public Matrix Inner => _inner.Of(_tokens);

    /// <summary>[tokens, intermediate].</summary>
    public Matrix GateGradient => _gate.Of(_tokens);

    /// <summary>[tokens, intermediate].</summary>
    public Matrix UpGradient => _up.Of(_tokens);

    /// <summary>Gradient of what attention gives, [tokens, heads × head size].</summary>
    public Matrix AttendedGradient => _attended.Of(_tokens);

    /// <summary>[tokens, heads × head size], fp32.</summary>
    public Matrix QueryGradient => _query.Of(_tokens);

    /// <summary>[tokens, heads × head size], fp32.</summary>
    public Matrix KeyGradients => _keys.Of(_tokens);

    /// <summary>[tokens, heads × head size], fp32.</summary>
    public Matrix ValueGradients => _values.Of(_tokens);

    /// <summary>Gradients of query, key and value products side by side.</summary>
    public Projections ProjectionGradients => new(_projections.Of(_tokens), shape);

    private MatrixMemory[] All => [_cos, _sin, _normed, _hidden, _inner, _gate, _up, _attended, _query, _keys, _values, _projections];

    /// <summary>Takes the memory of a batch of so many tokens at once.</summary>
    public void Reserve(int tokens)
    {
        foreach (var memory in All) memory.Of(tokens);
    }

    /// <summary>Sets the sizes of a batch.</summary>
    public void Begin(int[] lengths)
    {
        Lengths = lengths;
        _tokens = lengths.Sum();
    }

    public void Dispose()
    {
        foreach (var memory in All) memory.Dispose();
    }

    private static MatrixMemory Heads(AttentionShape shape) => new(shape.Heads * shape.HeadSize, ElementType.Float32);
}

/// <summary>Queries, keys and values side by side in one matrix.</summary>
internal readonly struct Projections(Matrix all, AttentionShape shape)
{
    public Matrix Query => all.SliceColumns(0, shape.Heads * shape.HeadSize);

    public Matrix Key => all.SliceColumns(shape.Heads * shape.HeadSize, shape.KeyValueHeads * shape.HeadSize);

    public Matrix Value => all.SliceColumns((shape.Heads + shape.KeyValueHeads) * shape.HeadSize, shape.KeyValueHeads * shape.HeadSize);

    /// <summary>Queries and keys: what is rotated by position.</summary>
    public Matrix Rotated => all.SliceColumns(0, (shape.Heads + shape.KeyValueHeads) * shape.HeadSize);
}
