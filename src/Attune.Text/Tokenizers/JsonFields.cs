using System.Buffers;
using System.Text.Json;

namespace Attune.Text.Tokenizers;

/// <summary>The fields of a JSON object, each as the bytes of its value: large values are not parsed twice.</summary>
internal static class JsonFields
{
    /// <summary>Cuts an object into its fields; of two with one name the later counts.</summary>
    /// <exception cref="JsonException">Not JSON, or nested deeper than 64.</exception>
    /// <returns>Null where the value is no object.</returns>
    public static Dictionary<string, ReadOnlyMemory<byte>>? Read(ReadOnlyMemory<byte> json)
    {
        var reader = new Utf8JsonReader(json.Span);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) return null;
        var fields = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            fields[name] = json[start..(int)reader.BytesConsumed];
        }

        while (reader.Read())
        {
            // The reader throws where anything but white space follows the object.
        }

        return fields;
    }

    /// <summary>One object again of all fields but some.</summary>
    public static JsonElement Without(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> fields, params ReadOnlySpan<string> left)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        foreach (var (name, value) in fields)
        {
            if (left.Contains(name)) continue;
            writer.WritePropertyName(name);
            writer.WriteRawValue(value.Span);
        }

        writer.WriteEndObject();
        writer.Flush();
        return JsonElement.Parse(buffer.WrittenSpan);
    }
}
