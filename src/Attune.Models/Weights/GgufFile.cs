using System.Runtime.InteropServices;
using Attune.Models.Weights.Gguf;
using static TorchSharp.torch;

namespace Attune.Models.Weights;

/// <summary>
/// A GGUF file of version 2 or 3 (ggml's GGUF specification), mapped into memory: metadata and tensors under the file's
/// own names. The header is untrusted: counts, lengths, shapes and offsets are checked against the file's size first.
/// </summary>
public sealed class GgufFile : IWeightSource
{
    private const int MaxDimensions = 4;
    private const int Piece = 1 << 22; // values dequantized at a time
    private readonly MappedFile _file;
    private readonly Dictionary<string, Place> _places = [];

    private GgufFile(MappedFile file)
    {
        _file = file;
        try
        {
            (Metadata, Tensors) = Read(new GgufReader(file));
        }
        catch (Exception exception) when (exception is InvalidDataException or OverflowException)
        {
            throw new AttuneException(ExitCode.Model, $"{file.Path} is no valid GGUF file: {exception.Message}.", "Copy or download the file again.", exception);
        }
    }

    /// <inheritdoc/>
    public string Path => _file.Path;

    /// <summary>Metadata: boxed numbers, bools and strings, or arrays of them.</summary>
    public IReadOnlyDictionary<string, object> Metadata { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <summary>Opens a file and checks its whole header.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Model"/>: not there, or not a valid file.</exception>
    public static GgufFile Open(string path)
    {
        if (!File.Exists(path)) throw new AttuneException(ExitCode.Model, $"There is no file {path}.");
        var file = new MappedFile(path);
        try
        {
            return new GgufFile(file);
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
        if (!Tensors.TryGetValue(name, out var info)) throw new AttuneException(ExitCode.Model, $"{Path}: there is no tensor {name}.");
        var (format, offset) = _places[name];
        using var scope = NewDisposeScope();
        var result = empty([.. info.Shape], type ?? ScalarType.Float32);
        var elements = info.Bytes / format.BlockBytes * format.BlockValues;
        var buffer = zeros(Math.Min(elements, Piece), ScalarType.Float32);
        for (long done = 0; done < elements; done += Piece)
        {
            // Piece is a multiple of every block size, so that a piece is whole blocks.
            var count = (int)Math.Min(Piece, elements - done);
            var blocks = _file.Bytes(offset + (done / format.BlockValues * format.BlockBytes), count / format.BlockValues * format.BlockBytes);
            format.Dequantize(blocks, MemoryMarshal.Cast<byte, float>(buffer.bytes)[..count]);
            result.view(-1).narrow(0, done, count).copy_(buffer.narrow(0, 0, count));
        }

        return result.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private (Dictionary<string, object> Metadata, Dictionary<string, TensorInfo> Tensors) Read(GgufReader reader)
    {
        if (!reader.Take(4).SequenceEqual("GGUF"u8)) throw new InvalidDataException("it does not begin with 'GGUF'");
        var version = reader.UInt32();
        if (version is not (2 or 3)) throw new InvalidDataException($"it has version {version}; 2 and 3 are known");
        var tensorCount = reader.Count(bytesEach: 24, "tensors"); // a name's length, a dimension count, a type, an offset
        var metadata = ReadMetadata(reader, reader.Count(bytesEach: 13, "metadata entries"));

        var entries = new List<(string Name, GgufType Type, long[] Shape, ulong Offset)>();
        for (var i = 0; i < tensorCount; i++) entries.Add(ReadEntry(reader));
        var alignment = Alignment(metadata);
        var dataStart = (reader.Position + alignment - 1) / alignment * alignment;
        return (metadata, PlaceTensors(entries, dataStart, alignment));
    }

    private static Dictionary<string, object> ReadMetadata(GgufReader reader, int count)
    {
        var metadata = new Dictionary<string, object>();
        for (var i = 0; i < count; i++)
        {
            var key = reader.String("a metadata key");
            if (key.Length == 0) throw new InvalidDataException("a metadata key is empty");
            if (!metadata.TryAdd(key, GgufValues.Read(reader, reader.UInt32(), key))) throw new InvalidDataException($"the metadata key {key} comes twice");
        }

        return metadata;
    }

    private static (string Name, GgufType Type, long[] Shape, ulong Offset) ReadEntry(GgufReader reader)
    {
        var name = reader.String("a tensor name");
        if (name.Length == 0) throw new InvalidDataException("a tensor name is empty");
        var dimensions = reader.UInt32();
        if (dimensions > MaxDimensions) throw new InvalidDataException($"{name} has {dimensions} dimensions; {MaxDimensions} are allowed");
        var shape = new long[dimensions];
        for (var i = (int)dimensions - 1; i >= 0; i--) // the file has the innermost dimension first
        {
            var size = reader.UInt64();
            if (size is 0 or > int.MaxValue * 256UL) throw new InvalidDataException($"{name} has a dimension of {size}");
            shape[i] = (long)size;
        }

        var id = reader.UInt32();
        var type = GgufType.Find(id) ?? throw new InvalidDataException($"{name} has the unknown type {id}");
        return (name, type, shape, reader.UInt64());
    }

    private static long Alignment(Dictionary<string, object> metadata)
    {
        if (!metadata.TryGetValue("general.alignment", out var value)) return 32;
        return value is uint alignment and >= 1 and <= 1 << 20 && (alignment & (alignment - 1)) == 0
            ? alignment
            : throw new InvalidDataException($"general.alignment is {value}; expected a power of two as a 32-bit number");
    }

    private Dictionary<string, TensorInfo> PlaceTensors(List<(string Name, GgufType Type, long[] Shape, ulong Offset)> entries, long dataStart, long alignment)
    {
        var tensors = new Dictionary<string, TensorInfo>();
        foreach (var (name, type, shape, offset) in entries)
        {
            var row = shape.Length == 0 ? 1 : shape[^1];
            if (row % type.BlockValues != 0) throw new InvalidDataException($"{name} has rows of {row}; {type.Name} needs multiples of {type.BlockValues}");
            Int128 bytes = type.BlockBytes;
            foreach (var size in shape) bytes *= size;
            bytes /= type.BlockValues;
            if (offset % (ulong)alignment != 0) throw new InvalidDataException($"{name} lies at offset {offset}, no multiple of {alignment}");
            if (offset > (ulong)_file.Length || dataStart + (long)offset + bytes > _file.Length)
                throw new InvalidDataException($"{name} needs {bytes} bytes at offset {offset}, which the file has no room for");
            if (!tensors.TryAdd(name, new TensorInfo(name, type.Name, shape, (long)bytes))) throw new InvalidDataException($"the tensor {name} comes twice");
            _places[name] = new Place(type, dataStart + (long)offset);
        }

        long end = 0;
        foreach (var (name, place) in _places.OrderBy(pair => pair.Value.Offset))
        {
            if (place.Offset < end) throw new InvalidDataException($"{name} begins inside the tensor before it");
            end = place.Offset + tensors[name].Bytes;
        }

        return tensors;
    }

    private readonly record struct Place(GgufType Type, long Offset);
}
