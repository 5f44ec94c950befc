using System.Runtime.InteropServices;
using Attune.Models.Weights.Gguf;
using static TorchSharp.torch;

namespace Attune.Models.Weights;

/// <summary>A GGUF file of version 2 or 3, mapped into memory: metadata and tensors under the file's own names.</summary>
public sealed class GgufFile : IWeightSource
{
    private readonly MappedFile _file;
    private readonly GgufHeader _header;

    private GgufFile(MappedFile file, GgufHeader header)
    {
        (_file, _header) = (file, header);
        Tensors = header.Entries.ToDictionary(
            pair => pair.Key, pair => new TensorInfo(pair.Key, pair.Value.Type.Name, pair.Value.Shape, pair.Value.Bytes));
    }

    /// <inheritdoc/>
    public string Path => _file.Path;

    /// <summary>Metadata: boxed numbers, bools and strings, or arrays of them (<c>uint[]</c>, <c>string[]</c>, …).</summary>
    public IReadOnlyDictionary<string, object> Metadata => _header.Metadata;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <summary>Opens a file and checks its whole header.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Model"/>: not there, or not a valid file.</exception>
    public static GgufFile Open(string path)
    {
        var file = new MappedFile(path);
        try
        {
            return new GgufFile(file, GgufHeader.Read(file));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Tensor Load(string name, ScalarType? type = null)
    {
        if (!_header.Entries.TryGetValue(name, out var entry)) throw new AttuneException(ExitCode.Model, $"{Path}: there is no tensor {name}.");
        var format = entry.Type;
        return TensorPieces.Create(entry.Shape, format.Torch, type ?? format.Torch, (first, count, target) =>
        {
            // A piece is whole blocks: its length and every tensor's are multiples of the block size.
            var blocks = _file.Bytes(entry.Offset + (first / format.BlockValues * format.BlockBytes), count / format.BlockValues * format.BlockBytes);
            if (format.Dequantize is { } dequantize) dequantize(blocks, MemoryMarshal.Cast<byte, float>(target));
            else blocks.CopyTo(target);
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
