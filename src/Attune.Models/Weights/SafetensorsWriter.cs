using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using Attune.Models.Weights.Safetensors;
using static TorchSharp.torch;

namespace Attune.Models.Weights;

/// <summary>
/// Writes safetensors files as the reference implementation lays them out: tensors by type, widest first, then by name;
/// the header padded with spaces to 8 bytes. Values go out in pieces, so that no second copy of a model is held.
/// </summary>
public static class SafetensorsWriter
{
    private const int Piece = 1 << 22; // elements converted and written at a time

    /// <summary>Replaces a file atomically.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">Names, all different, and values.</param>
    /// <param name="metadata">Strings for the header; null: none.</param>
    /// <param name="floatType">Type in which floating-point tensors are written; null: each in its own. Others keep theirs.</param>
    /// <exception cref="IOException">Disk full, no permission. The old file is then untouched.</exception>
    public static void Write(
        string path, IEnumerable<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string>? metadata = null, ScalarType? floatType = null)
    {
        var ordered = tensors
            .Select(tensor => new Item(tensor.Name, tensor.Value, SafetensorsType.Of(TypeOf(tensor.Value, floatType))))
            .OrderBy(item => item.Type.Rank).ThenBy(item => item.Name, StringComparer.Ordinal)
            .ToArray();
        if (ordered.Select(item => item.Name).Append(SafetensorsHeader.MetadataName).GroupBy(name => name).FirstOrDefault(names => names.Count() > 1) is { } twice)
            throw new ArgumentException($"The name {twice.Key} cannot be used, or comes twice.", nameof(tensors));
        var header = Header(ordered, metadata);
        AtomicFile.Write(path, stream =>
        {
            stream.Write(header);
            foreach (var item in ordered) Write(stream, item);
        });
    }

    private static ScalarType TypeOf(Tensor value, ScalarType? floatType) =>
        floatType is { } wanted && value.is_floating_point() ? wanted : value.dtype;

    private static void Write(Stream stream, Item item)
    {
        using var scope = NewDisposeScope();
        var flat = item.Value.detach().contiguous().view(-1);
        for (long done = 0; done < flat.shape[0]; done += Piece)
        {
            using var inner = NewDisposeScope();
            stream.Write(flat.narrow(0, done, Math.Min(Piece, flat.shape[0] - done)).to(item.Type.Read).cpu().bytes);
        }
    }

    private static byte[] Header(Item[] items, IReadOnlyDictionary<string, string>? metadata)
    {
        using var buffer = new MemoryStream();
        buffer.Write(stackalloc byte[sizeof(long)]); // the length comes last
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata is not null)
            {
                json.WriteStartObject(SafetensorsHeader.MetadataName);
                foreach (var (key, value) in metadata) json.WriteString(key, value);
                json.WriteEndObject();
            }

            long at = 0;
            foreach (var item in items) at = WriteEntry(json, item, at);
            json.WriteEndObject();
        }

        while (buffer.Length % 8 != 0) buffer.WriteByte((byte)' ');
        var header = buffer.ToArray();
        if (header.Length - sizeof(long) > SafetensorsHeader.MaxBytes)
            throw new ArgumentException($"The header has {header.Length} bytes, more than the format allows ({SafetensorsHeader.MaxBytes}).", nameof(items));
        BinaryPrimitives.WriteInt64LittleEndian(header, header.Length - sizeof(long));
        return header;
    }

    private static long WriteEntry(Utf8JsonWriter json, Item item, long begin)
    {
        var end = begin + (item.Value.numel() * item.Type.Bytes);
        json.WriteStartObject(item.Name);
        json.WriteString("dtype", item.Type.Name);
        json.WriteStartArray("shape");
        foreach (var dimension in item.Value.shape) json.WriteNumberValue(dimension);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(begin);
        json.WriteNumberValue(end);
        json.WriteEndArray();
        json.WriteEndObject();
        return end;
    }

    private readonly record struct Item(string Name, Tensor Value, SafetensorsType Type);
}
