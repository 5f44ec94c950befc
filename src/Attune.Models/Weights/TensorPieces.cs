using static TorchSharp.torch;

namespace Attune.Models.Weights;

/// <summary>Writes <paramref name="count"/> elements of a tensor, beginning with element <paramref name="first"/>.</summary>
internal delegate void PieceReader(long first, int count, Span<byte> target);

/// <summary>Tensors filled in pieces: straight into the tensor, or through a small buffer where the element type changes.</summary>
internal static class TensorPieces
{
    /// <summary>Elements at a time: whole blocks of every GGUF type, and 1 MB of fp32, so that a piece stays in the cache.</summary>
    public const int Elements = 1 << 18;

    /// <summary>A new contiguous tensor.</summary>
    /// <param name="shape">Row-major.</param>
    /// <param name="source">Element type that <paramref name="read"/> writes.</param>
    /// <param name="wanted">Element type of the tensor.</param>
    /// <param name="read">Called once for every piece, in order.</param>
    public static Tensor Create(long[] shape, ScalarType source, ScalarType wanted, PieceReader read)
    {
        using var scope = NewDisposeScope();
        var result = empty(shape, wanted);
        var flat = result.view(-1);
        var count = flat.shape[0];
        var buffer = source == wanted ? null : empty(Math.Min(count, Elements), source);
        for (long first = 0; first < count; first += Elements)
        {
            var length = (int)Math.Min(Elements, count - first);
            using var piece = flat.narrow(0, first, length);
            if (buffer is null)
            {
                read(first, length, piece.bytes);
                continue;
            }

            using var part = buffer.narrow(0, 0, length);
            read(first, length, part.bytes);
            using var copied = piece.copy_(part);
        }

        return result.MoveToOuterDisposeScope();
    }
}
