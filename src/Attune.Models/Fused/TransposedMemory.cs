using Attune.Kernels.Memory;

namespace Attune.Models.Fused;

/// <summary>Memory of a transposed matrix: its rows are as long as a batch has tokens, so that a longer batch needs all of it anew.</summary>
/// <param name="rows">Rows.</param>
/// <param name="type">Type of the elements.</param>
internal sealed class TransposedMemory(int rows, ElementType type) : IDisposable
{
    private MatrixMemory _memory = new(0, type);
    private int _tokens;

    /// <summary>[rows, tokens]. What was there before is lost where there are more tokens than ever before.</summary>
    public Matrix Of(int tokens)
    {
        if (tokens > _tokens)
        {
            _memory.Dispose();
            (_memory, _tokens) = (new MatrixMemory(tokens + 1, type), tokens); // one more: an odd number is padded
        }

        return _memory.Of(rows).SliceColumns(0, tokens);
    }

    public void Dispose() => _memory.Dispose();
}
