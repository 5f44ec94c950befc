using Attune.Kernels.Memory;

namespace Attune.Models.Fused;

/// <summary>What the backward pass of one adapted linear layer needs for a moment; layers that do the same thing share it.</summary>
internal sealed class FusedLinearScratch(int inFeatures, int rank, ElementType type) : IDisposable
{
    private readonly MatrixMemory _lowGradient = new(rank, type);
    private readonly MatrixMemory _dropped = new(inFeatures, type);
    private readonly TransposedMemory _lowTransposed = new(rank, type), _lowGradientTransposed = new(rank, type);

    /// <summary>Takes the memory of a batch of so many tokens at once.</summary>
    public void Reserve(int tokens) => _ = (_lowGradient.Of(tokens), _lowTransposed.Of(tokens), _lowGradientTransposed.Of(tokens));

    /// <summary>[tokens, rank].</summary>
    public Matrix LowGradient(int tokens) => _lowGradient.Of(tokens);

    /// <summary>[rank, tokens].</summary>
    public Matrix LowTransposed(int tokens) => _lowTransposed.Of(tokens);

    /// <summary>[rank, tokens].</summary>
    public Matrix LowGradientTransposed(int tokens) => _lowGradientTransposed.Of(tokens);

    /// <summary>An input after dropout, [tokens, in].</summary>
    public Matrix Dropped(Matrix input) => _dropped.Of(input.Rows);

    public void Dispose()
    {
        _dropped.Dispose();
        _lowGradient.Dispose();
        _lowTransposed.Dispose();
        _lowGradientTransposed.Dispose();
    }
}
