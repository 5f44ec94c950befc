using System.Text.Encodings.Web;
using System.Text.Json;
using Attune.Data.Preparation;

namespace Attune.Data.Manifest;

/// <summary>The data folder of a run: manifest.json and train, validation and test.jsonl.</summary>
public static class PreparedFiles
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Writes the files, each atomically. A row holds file, line, label (of a label task), input_ids and labels, and can be
    /// read again as a data file.
    /// </summary>
    /// <exception cref="IOException">Disk full, no permission.</exception>
    public static void Write(string folder, PreparedData data)
    {
        Directory.CreateDirectory(folder);
        foreach (var part in data.Parts)
            AtomicFile.Write(Path.Combine(folder, $"{part.Name}.jsonl"), stream => Write(stream, part));
        AtomicFile.WriteText(Path.Combine(folder, "manifest.json"), DatasetManifest.Of(data).ToJson());
    }

    private static void Write(Stream stream, PreparedPart part)
    {
        using var writer = new Utf8JsonWriter(stream, Json);
        foreach (var example in part.Examples)
        {
            writer.WriteStartObject();
            writer.WriteString("file", example.Origin.File);
            writer.WriteNumber("line", example.Origin.Line);
            if (example.Label is not null) writer.WriteString("label", example.Label);
            Write(writer, "input_ids", example.TokenIds);
            Write(writer, "labels", example.Labels);
            writer.WriteEndObject();
            writer.Flush();
            writer.Reset();
            stream.WriteByte((byte)'\n');
        }
    }

    private static void Write(Utf8JsonWriter writer, string name, int[] numbers)
    {
        writer.WriteStartArray(name);
        foreach (var number in numbers) writer.WriteNumberValue(number);
        writer.WriteEndArray();
    }
}
