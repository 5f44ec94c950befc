using Attune.Kernels.Memory;

namespace Attune.Models.Fused;

/// <summary>What the backward pass of one linear layer needs for a moment; layers that do the same thing share it.</summary>
internal sealed class FusedLinearScratch(int rank, ElementType type) : IDisposable
{
    private readonly MatrixMemory _lowGradient = new(rank, type);
    private MatrixMemory _lowTurned = new(0, type), _lowGradientTurned = new(0, type);
    private int _tokens;

    /// <summary>Makes room for a batch.</summary>
    public void Reserve(int tokens)
    {
        if (tokens <= _tokens) return;
        _lowTurned.Dispose();
        _lowGradientTurned.Dispose();
        (_lowTurned, _lowGradientTurned) = (new MatrixMemory(tokens + 1, type), new MatrixMemory(tokens + 1, type)); // an odd number is padded
        _tokens = tokens;
    }

    /// <summary>[tokens, rank].</summary>
    public Matrix LowGradient(int tokens) => _lowGradient.Of(tokens);

    /// <summary>[rank, tokens].</summary>
    public Matrix LowTurned(int tokens) => _lowTurned.Of(rank).SliceColumns(0, tokens);

    /// <summary>[rank, tokens].</summary>
    public Matrix LowGradientTurned(int tokens) => _lowGradientTurned.Of(rank).SliceColumns(0, tokens);

    public void Dispose()
    {
        _lowGradient.Dispose();
        _lowTurned.Dispose();
        _lowGradientTurned.Dispose();
    }
}
