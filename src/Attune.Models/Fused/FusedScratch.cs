using Attune.Kernels.Attention;
using Attune.Kernels.Memory;
using Attune.Kernels.Rows;
using Attune.Kernels.Threads;
using Attune.Models.Architectures;
using Attune.Models.Batches;

namespace Attune.Models.Fused;

/// <summary>What all layers share: the batch's positions, and results that are used up within a layer.</summary>
internal sealed class FusedScratch(LlamaConfig config, AttentionShape shape, ElementType type) : IDisposable
{
    private readonly MatrixMemory _cos = new(shape.HeadSize / 2, ElementType.Float32), _sin = new(shape.HeadSize / 2, ElementType.Float32);
    private readonly MatrixMemory _residual = new(config.HiddenSize, ElementType.Float32), _middle = new(config.HiddenSize, ElementType.Float32);
    private readonly MatrixMemory _normed = new(config.HiddenSize, type), _hidden = new(config.HiddenSize, ElementType.Float32);
    private readonly MatrixMemory _inner = new(config.IntermediateSize, type);
    private readonly MatrixMemory _gate = new(config.IntermediateSize, type), _up = new(config.IntermediateSize, type);
    private readonly MatrixMemory _attended = new(shape.Heads * shape.HeadSize, type), _attendedGradient = new(shape.Heads * shape.HeadSize, type);
    private readonly MatrixMemory _query = Heads(shape), _keys = Heads(shape), _values = Heads(shape);
    private readonly MatrixMemory _projections = new((shape.Heads + (2 * shape.KeyValueHeads)) * shape.HeadSize, type);
    private int _tokens;

    /// <summary>Tokens of each sample of the batch.</summary>
    public int[] Lengths { get; private set; } = [];

    /// <summary>For each sample the earlier one that it continues, −1: none.</summary>
    public IReadOnlyList<int> Prefixes { get; private set; } = [];

    /// <summary>[tokens, head size ÷ 2], fp32.</summary>
    public Matrix Cos => _cos.Of(_tokens);

    /// <summary>[tokens, head size ÷ 2], fp32.</summary>
    public Matrix Sin => _sin.Of(_tokens);

    /// <summary>The residual stream, [tokens, hidden], fp32: a layer reads it and adds to it.</summary>
    public Matrix Residual => _residual.Of(_tokens);

    /// <summary>The residual stream between attention and feed-forward, [tokens, hidden], fp32.</summary>
    public Matrix Middle => _middle.Of(_tokens);

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
    public Matrix AttendedGradient => _attendedGradient.Of(_tokens);

    /// <summary>[tokens, heads × head size], fp32.</summary>
    public Matrix QueryGradient => _query.Of(_tokens);

    /// <summary>[tokens, heads × head size], fp32.</summary>
    public Matrix KeyGradients => _keys.Of(_tokens);

    /// <summary>[tokens, heads × head size], fp32.</summary>
    public Matrix ValueGradients => _values.Of(_tokens);

    /// <summary>Gradients of query, key and value products side by side.</summary>
    public Projections ProjectionGradients => new(_projections.Of(_tokens), shape);

    /// <summary>Transposes of what linear layers read, for the gradients of their weights; taken when one is trained.</summary>
    public TransposedMemory NormedTransposed { get; } = new(config.HiddenSize, type);

    /// <summary>[heads × head size, tokens].</summary>
    public TransposedMemory AttendedTransposed { get; } = new(shape.Heads * shape.HeadSize, type);

    /// <summary>[intermediate, tokens].</summary>
    public TransposedMemory InnerTransposed { get; } = new(config.IntermediateSize, type);

    private MatrixMemory[] All => [_cos, _sin, _residual, _middle, _normed, _hidden, _inner, _gate, _up, _attendedGradient, _query, _keys, _values, _projections];

    /// <summary>Takes the memory of a batch of so many tokens at once.</summary>
    public void Reserve(int tokens)
    {
        foreach (var memory in All) memory.Of(tokens);
    }

    /// <summary>Sets the sizes of a batch.</summary>
    public void Begin(BranchedBatch batch)
    {
        (Lengths, Prefixes) = (batch.Samples.Lengths, batch.Prefixes);
        _tokens = batch.Samples.TokenIds.Length;
    }

    /// <summary>What attention gave, as products read it: itself, or a copy where it is kept in another type.</summary>
    /// <param name="team">The threads.</param>
    /// <param name="attended">As it is kept, [tokens, heads × head size].</param>
    public Matrix Attended(Team team, Matrix attended)
    {
        if (attended.Type == type) return attended;
        var copy = _attended.Of(_tokens);
        Conversion.Copy(team, attended, copy);
        return copy;
    }

    public void Dispose()
    {
        IDisposable[] others = [_attended, NormedTransposed, AttendedTransposed, InnerTransposed];
        foreach (var memory in All.Concat(others)) memory.Dispose();
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
