using System.Buffers.Binary;
using System.Text.Json;
using Attune.Models.Weights.Safetensors;
using static TorchSharp.torch;

namespace Attune.Models.Weights;

/// <summary>Writes safetensors files: header padded with spaces to 8 bytes; tensors by element size, largest first, then by name.</summary>
public static class SafetensorsWriter
{
    private const int Piece = 1 << 24; // bytes handed to the stream at a time

    /// <summary>Replaces a file atomically.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">Names and values; each is written as it is, in its own type.</param>
    /// <param name="metadata">Strings for the header; null: none.</param>
    public static void Write(string path, IEnumerable<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        AtomicFile.Write(path, stream => Write(stream, tensors, metadata));

    private static void Write(Stream stream, IEnumerable<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var ordered = tensors
            .Select(tensor => (tensor.Name, tensor.Value, Type: SafetensorsType.Of(tensor.Value.dtype)))
            .OrderByDescending(tensor => tensor.Type.Bytes).ThenBy(tensor => tensor.Name, StringComparer.Ordinal)
            .ToArray();
        stream.Write(Header(ordered, metadata));
        foreach (var (_, value, type) in ordered)
        {
            using var scope = NewDisposeScope();
            var flat = value.detach().contiguous().view(-1);
            var step = Piece / type.Bytes;
            for (long done = 0; done < flat.shape[0]; done += step)
                stream.Write(flat.narrow(0, done, Math.Min(step, flat.shape[0] - done)).bytes);
        }
    }

    private static byte[] Header((string Name, Tensor Value, SafetensorsType Type)[] ordered, IReadOnlyDictionary<string, string>? metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata is not null)
            {
                json.WriteStartObject("__metadata__");
                foreach (var (key, value) in metadata) json.WriteString(key, value);
                json.WriteEndObject();
            }

            long at = 0;
            foreach (var (name, value, type) in ordered)
            {
                var end = at + (value.NumberOfElements * type.Bytes);
                json.WriteStartObject(name);
                json.WriteString("dtype", type.Name);
                json.WriteStartArray("shape");
                foreach (var dimension in value.shape) json.WriteNumberValue(dimension);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(at);
                json.WriteNumberValue(end);
                json.WriteEndArray();
                json.WriteEndObject();
                at = end;
            }

            json.WriteEndObject();
        }

        var length = (buffer.Length + 7) / 8 * 8;
        var header = new byte[8 + length];
        BinaryPrimitives.WriteInt64LittleEndian(header, length);
        buffer.ToArray().CopyTo(header, 8);
        header.AsSpan(8 + (int)buffer.Length).Fill((byte)' ');
        return header;
    }
}
