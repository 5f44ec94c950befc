using Attune.Kernels.Memory;

namespace Attune.Models.Fused;

/// <summary>What the backward pass of one linear layer needs for a moment; layers that do the same thing share it.</summary>
internal sealed class FusedLinearScratch(int rank, ElementType type) : IDisposable
{
    private readonly MatrixMemory _lowGradient = new(rank, type);
    private MatrixMemory _lowTransposed = new(0, type), _lowGradientTransposed = new(0, type);
    private int _tokens;

    /// <summary>Makes room for a batch.</summary>
    public void Reserve(int tokens)
    {
        if (tokens <= _tokens) return;
        _lowTransposed.Dispose();
        _lowGradientTransposed.Dispose();
        (_lowTransposed, _lowGradientTransposed) = (new MatrixMemory(tokens + 1, type), new MatrixMemory(tokens + 1, type)); // an odd number is padded
        _tokens = tokens;
    }

    /// <summary>[tokens, rank].</summary>
    public Matrix LowGradient(int tokens) => _lowGradient.Of(tokens);

    /// <summary>[rank, tokens].</summary>
    public Matrix LowTransposed(int tokens) => _lowTransposed.Of(rank).SliceColumns(0, tokens);

    /// <summary>[rank, tokens].</summary>
    public Matrix LowGradientTransposed(int tokens) => _lowGradientTransposed.Of(rank).SliceColumns(0, tokens);

    public void Dispose()
    {
        _lowGradient.Dispose();
        _lowTransposed.Dispose();
        _lowGradientTransposed.Dispose();
    }
}
