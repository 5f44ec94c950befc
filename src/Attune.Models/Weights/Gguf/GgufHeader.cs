namespace Attune.Models.Weights.Gguf;

/// <summary>A tensor's type, row-major shape, and place in the file in bytes.</summary>
internal sealed record GgufEntry(GgufType Type, long[] Shape, long Offset, long Bytes);

/// <summary>
/// All of a GGUF file before its data (ggml's GGUF specification): magic, version, metadata, table of tensors. It is
/// untrusted: counts, lengths, shapes and offsets are checked against the file's size before anything is done with them.
/// </summary>
internal sealed class GgufHeader
{
    private const int MaxDimensions = 4;
    private const int DefaultAlignment = 32;
    private const int MaxAlignment = 1 << 20;

    private GgufHeader(IReadOnlyDictionary<string, object> metadata, IReadOnlyDictionary<string, GgufEntry> entries) =>
        (Metadata, Entries) = (metadata, entries);

    public IReadOnlyDictionary<string, object> Metadata { get; }

    /// <summary>Tensors by their names in the file.</summary>
    public IReadOnlyDictionary<string, GgufEntry> Entries { get; }

    /// <summary>Reads and checks everything before the data.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Model"/>: not a valid file.</exception>
    public static GgufHeader Read(MappedFile file)
    {
        try
        {
            return Read(new GgufReader(file), file.Length);
        }
        catch (InvalidDataException exception)
        {
            throw new AttuneException(ExitCode.Model, $"{file.Path} is no valid GGUF file: {exception.Message}.", "Copy or download the file again.", exception);
        }
    }

    private static GgufHeader Read(GgufReader reader, long fileLength)
    {
        Expect(reader.Take(4).SequenceEqual("GGUF"u8), "it does not begin with 'GGUF'");
        var version = reader.UInt32();
        Expect(version is 2 or 3, $"it has version {version}; 2 and 3 are read");
        var tensors = reader.Count(bytesEach: 24, "tensors"); // a name's length, a number of dimensions, a type, an offset
        var metadata = ReadMetadata(reader, reader.Count(bytesEach: 13, "metadata entries")); // a key's length, a type, a byte
        var table = new List<TableRow>();
        for (var i = 0; i < tensors; i++) table.Add(ReadRow(reader));
        var alignment = Alignment(metadata);
        var dataStart = (reader.Position + alignment - 1) / alignment * alignment;
        return new GgufHeader(metadata, Place(table, dataStart, alignment, fileLength));
    }

    private static Dictionary<string, object> ReadMetadata(GgufReader reader, int count)
    {
        var metadata = new Dictionary<string, object>();
        for (var i = 0; i < count; i++)
        {
            var key = reader.String("a metadata key");
            Expect(key.Length > 0, "a metadata key is empty");
            Expect(metadata.TryAdd(key, GgufValues.Read(reader, reader.UInt32(), key)), $"the metadata key {key} comes twice");
        }

        return metadata;
    }

    private static TableRow ReadRow(GgufReader reader)
    {
        var name = reader.String("a tensor name");
        Expect(name.Length > 0, "a tensor name is empty");
        var dimensions = reader.UInt32();
        Expect(dimensions <= MaxDimensions, $"{name} has {dimensions} dimensions; {MaxDimensions} are allowed");
        var shape = new long[dimensions];
        for (var i = (int)dimensions - 1; i >= 0; i--) // the file has the innermost dimension first
        {
            var size = reader.UInt64();
            Expect(size is > 0 and <= long.MaxValue, $"{name} has a dimension of {size}");
            shape[i] = (long)size;
        }

        var id = reader.UInt32();
        var type = GgufType.Find(id) ?? throw new InvalidDataException($"{name} has the type {id}, which is none or is not read");
        return new TableRow(name, type, shape, reader.UInt64());
    }

    private static long Alignment(Dictionary<string, object> metadata) =>
        metadata.GetValueOrDefault("general.alignment", (uint)DefaultAlignment) is uint alignment and > 0 and <= MaxAlignment && uint.IsPow2(alignment)
            ? alignment
            : throw new InvalidDataException($"general.alignment is {metadata["general.alignment"]}; expected a power of two as a 32-bit number");

    private static Dictionary<string, GgufEntry> Place(List<TableRow> table, long dataStart, long alignment, long fileLength)
    {
        var entries = new Dictionary<string, GgufEntry>();
        foreach (var (name, type, shape, offset) in table)
        {
            var bytes = SizeOf(name, type, shape, fileLength);
            Expect(offset % (ulong)alignment == 0, $"{name} lies at offset {offset}, no multiple of {alignment}");
            Expect(offset <= (ulong)fileLength && dataStart + (long)offset + bytes <= fileLength, $"{name} needs {bytes} bytes at offset {offset}, where the file ends before");
            Expect(entries.TryAdd(name, new GgufEntry(type, shape, dataStart + (long)offset, bytes)), $"the tensor {name} comes twice");
        }

        long end = 0;
        foreach (var (name, entry) in entries.OrderBy(pair => pair.Value.Offset))
        {
            Expect(entry.Offset >= end, $"{name} begins inside the tensor before it");
            end = entry.Offset + entry.Bytes;
        }

        return entries;
    }

    private static long SizeOf(string name, GgufType type, long[] shape, long fileLength)
    {
        var row = shape.Length == 0 ? 1 : shape[^1];
        Expect(row % type.BlockValues == 0, $"{name} has rows of {row}; {type.Name} needs multiples of {type.BlockValues}");
        Int128 bytes = type.BlockBytes;
        foreach (var size in shape.Select((size, i) => i == shape.Length - 1 ? size / type.BlockValues : size))
        {
            bytes *= size; // below 2^126: it was at most the file's length before
            Expect(bytes <= fileLength, $"{name} with the shape [{string.Join(", ", shape)}] is larger than the file");
        }

        return (long)bytes;
    }

    private static void Expect(bool holds, string problem)
    {
        if (!holds) throw new InvalidDataException(problem);
    }

    private readonly record struct TableRow(string Name, GgufType Type, long[] Shape, ulong Offset);
}
