using System.Text;
using System.Text.Json;

namespace Attune.Models.Weights.Safetensors;

/// <summary>A tensor's place in the data, which begins after the header.</summary>
internal sealed record SafetensorsEntry(string Name, SafetensorsType Type, long[] Shape, long Begin, long End);

/// <summary>
/// The JSON header of a safetensors file: 8 bytes of length, little endian, then an object of name → dtype, shape,
/// data_offsets, and string metadata under <c>__metadata__</c> (format description of the safetensors project). Read
/// strictly: tensors must cover the data without hole or overlap.
/// </summary>
internal sealed class SafetensorsHeader
{
    /// <summary>Longest header, as the reference implementation has it.</summary>
    public const int MaxBytes = 100_000_000;

    /// <summary>The key that names no tensor.</summary>
    public const string MetadataName = "__metadata__";

    private const int MaxDimensions = 64; // torch computes on no more

    private SafetensorsHeader(IReadOnlyList<SafetensorsEntry> entries, IReadOnlyDictionary<string, string> metadata, long dataStart) =>
        (Entries, Metadata, DataStart) = (entries, metadata, dataStart);

    public IReadOnlyList<SafetensorsEntry> Entries { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Where the data begins in the file.</summary>
    public long DataStart { get; }

    public static SafetensorsHeader Read(MappedFile file)
    {
        if (file.Length < 8) throw Damaged(file.Path, $"{file.Length} bytes are too few for a header");
        var length = BitConverter.ToUInt64(file.Bytes(0, 8));
        if (length > MaxBytes) throw Damaged(file.Path, $"its header claims {length} bytes, more than the format allows ({MaxBytes})");
        if ((long)length > file.Length - 8) throw Damaged(file.Path, $"its header claims {length} bytes, the file has {file.Length}");
        var (entries, metadata) = Parse(file.Bytes(8, (int)length), file.Path);
        CheckCoverage(entries, file.Length - 8 - (long)length, file.Path);
        return new SafetensorsHeader(entries, metadata, 8 + (long)length);
    }

    private static (List<SafetensorsEntry> Entries, Dictionary<string, string> Metadata) Parse(ReadOnlySpan<byte> json, string path)
    {
        var entries = new List<SafetensorsEntry>();
        var metadata = new Dictionary<string, string>();
        var names = new HashSet<string>();
        try
        {
            // Strict UTF-8 first: the JSON reader would put U+FFFD for broken bytes inside strings.
            _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetCharCount(json);
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 });
            Expect(reader.Read() && reader.TokenType == JsonTokenType.StartObject, "its header is no JSON object");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                Expect(names.Add(name), $"its header names {name} twice");
                reader.Read();
                if (name == MetadataName) ReadMetadata(ref reader, metadata);
                else entries.Add(ReadEntry(ref reader, name));
            }

            Expect(!reader.Read(), "its header goes on after the object");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or DecoderFallbackException)
        {
            throw Damaged(path, $"its header is no valid JSON ({exception.Message.Split('\n')[0]})", exception);
        }
        catch (InvalidDataException exception)
        {
            throw Damaged(path, exception.Message, exception);
        }

        return (entries, metadata);
    }

    private static void ReadMetadata(ref Utf8JsonReader reader, Dictionary<string, string> metadata)
    {
        Expect(reader.TokenType == JsonTokenType.StartObject, "__metadata__ is no object of strings");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            Expect(reader.TokenType == JsonTokenType.String, $"__metadata__.{key} is no string");
            Expect(metadata.TryAdd(key, reader.GetString()!), $"__metadata__ names {key} twice");
        }
    }

    private static SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name)
    {
        Expect(reader.TokenType == JsonTokenType.StartObject, $"the entry of {name} is no object");
        SafetensorsType? type = null;
        long[]? shape = null, offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = reader.GetString()!;
            reader.Read();
            switch (field)
            {
                case "dtype":
                    Expect(type is null && reader.TokenType == JsonTokenType.String, $"{name} has no single dtype");
                    var text = reader.GetString()!;
                    type = SafetensorsType.Find(text) ?? throw new InvalidDataException($"{name} has the unknown dtype {text}; known are {SafetensorsType.Names}");
                    break;
                case "shape":
                    Expect(shape is null, $"{name} has two shapes");
                    shape = ReadNumbers(ref reader, name, field);
                    break;
                case "data_offsets":
                    Expect(offsets is null, $"{name} has data_offsets twice");
                    offsets = ReadNumbers(ref reader, name, field);
                    break;
                default:
                    reader.Skip(); // later versions of the format may add fields
                    break;
            }
        }

        Expect(type is not null && shape is not null && offsets?.Length == 2, $"{name} lacks dtype, shape or the two data_offsets");
        var entry = new SafetensorsEntry(name, type!, shape!, offsets![0], offsets[1]);
        Expect(SizeOf(entry) == (Int128)entry.End - entry.Begin, $"{name}: shape [{string.Join(", ", shape!)}] of {type!.Name} does not fit its data_offsets");
        return entry;
    }

    private static long[] ReadNumbers(ref Utf8JsonReader reader, string name, string field)
    {
        Expect(reader.TokenType == JsonTokenType.StartArray, $"{name}.{field} is no list");
        var numbers = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var value) || value < 0)
                throw new InvalidDataException($"{name}.{field} holds something that is no count");
            if (numbers.Count == MaxDimensions) throw new InvalidDataException($"{name}.{field} has more than {MaxDimensions} numbers");
            numbers.Add(value);
        }

        return [.. numbers];
    }

    private static Int128 SizeOf(SafetensorsEntry entry)
    {
        // A zero among the dimensions must not hide a product that overflows: strides come from the others.
        Int128 size = entry.Type.Bytes;
        foreach (var dimension in entry.Shape)
        {
            size *= Math.Max(dimension, 1);
            if (size > long.MaxValue) throw new InvalidDataException($"{entry.Name}: shape [{string.Join(", ", entry.Shape)}] is larger than any file");
        }

        return entry.Shape.Contains(0) ? 0 : size;
    }

    private static void CheckCoverage(List<SafetensorsEntry> entries, long dataLength, string path)
    {
        long at = 0;
        foreach (var entry in entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            if (entry.Begin != at) throw Damaged(path, $"{entry.Name} begins at byte {entry.Begin} of the data; expected {at}");
            at = entry.End;
        }

        if (at != dataLength) throw Damaged(path, $"its tensors cover {at} bytes, the data has {dataLength}");
    }

    private static void Expect(bool holds, string problem)
    {
        if (!holds) throw new InvalidDataException(problem);
    }

    private static AttuneException Damaged(string path, string problem, Exception? inner = null) => new(
        ExitCode.Model, $"{path} is no valid safetensors file: {problem}.", "Copy or download the file again.", inner);
}
