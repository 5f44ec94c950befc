using Attune.Kernels.Memory;

namespace Attune.Models.Fused;

/// <summary>As many ones as a batch has tokens: a bias is one more product with them, and its gradient too.</summary>
internal sealed unsafe class Ones(ElementType type) : IDisposable
{
    private const ushort OneInBFloat16 = 0x3F80;

    private MatrixMemory _memory = new(0, type);
    private int _count;

    /// <summary>[tokens, 1].</summary>
    public Matrix Column(int tokens)
    {
        var row = Row(tokens);
        return new Matrix(row.Data, tokens, 1, type.Size(), type);
    }

    /// <summary>[1, tokens].</summary>
    public Matrix Row(int tokens)
    {
        if (tokens > _count)
        {
            _memory.Dispose();
            (_memory, _count) = (new MatrixMemory(tokens + 1, type), tokens); // one more: a bf16 product reads pairs
            var row = _memory.Of(1).Row(0);
            for (var i = 0; i < tokens; i++)
            {
                if (type == ElementType.Float32) ((float*)row)[i] = 1;
                else ((ushort*)row)[i] = OneInBFloat16;
            }
        }

        return _memory.Of(1).SliceColumns(0, tokens);
    }

    public void Dispose() => _memory.Dispose();
}
