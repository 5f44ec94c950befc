using Attune.Kernels.Attention;
using Attune.Kernels.Memory;
using Attune.Models.Architectures;

namespace Attune.Models.Fused;

/// <summary>
/// What the backward pass of a layer needs and cannot cheaply compute again: its input, the residual between attention and
/// feed-forward, q, k, v after rotation, what attention gave, gate and up. Norms and the SwiGLU product are recomputed.
/// The residual stream itself is fp32 (<see cref="FusedScratch"/>); what is kept of it is as exact as what products read.
/// </summary>
/// <param name="config">Sizes.</param>
/// <param name="shape">Heads.</param>
/// <param name="type">Type in which it is kept; softmax is fp32.</param>
internal sealed class LayerMemory(LlamaConfig config, AttentionShape shape, ElementType type) : IDisposable
{
    private readonly MatrixMemory _input = new(config.HiddenSize, type), _middle = new(config.HiddenSize, type);
    private readonly MatrixMemory _projections = new((shape.Heads + (2 * shape.KeyValueHeads)) * shape.HeadSize, type);
    private readonly MatrixMemory _attended = new(shape.Heads * shape.HeadSize, type), _softmax = new(2 * shape.Heads, ElementType.Float32);
    private readonly MatrixMemory _gate = new(config.IntermediateSize, type), _up = new(config.IntermediateSize, type);

    private MatrixMemory[] All => [_input, _middle, _projections, _attended, _softmax, _gate, _up];

    /// <summary>Takes the memory of a batch of so many tokens at once: memory that grows bit by bit leaves holes.</summary>
    public void Reserve(int tokens)
    {
        foreach (var memory in All) memory.Of(tokens);
    }

    /// <summary>The residual stream before the layer, [tokens, hidden].</summary>
    public Matrix Input(int tokens) => _input.Of(tokens);

    /// <summary>The residual stream after attention, [tokens, hidden].</summary>
    public Matrix Middle(int tokens) => _middle.Of(tokens);

    /// <summary>Queries, keys, values.</summary>
    public Projections Projections(int tokens) => new(_projections.Of(tokens), shape);

    /// <summary>[tokens, heads × head size].</summary>
    public Matrix Attended(int tokens) => _attended.Of(tokens);

    /// <summary>[tokens, heads × 2], fp32.</summary>
    public Matrix Softmax(int tokens) => _softmax.Of(tokens);

    /// <summary>[tokens, intermediate].</summary>
    public Matrix Gate(int tokens) => _gate.Of(tokens);

    /// <summary>[tokens, intermediate].</summary>
    public Matrix Up(int tokens) => _up.Of(tokens);

    public void Dispose()
    {
        foreach (var memory in All) memory.Dispose();
    }
}
