using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Attune.Runs;

/// <summary>JSON files of a run: replaced atomically, read with their errors told.</summary>
public static class JsonFile
{
    private const long MaximumBytes = 64 << 20;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Replaces <paramref name="path"/>; after a power cut it is the old or the whole new file.</summary>
    public static void Write(string path, JsonObject value) => AtomicFile.WriteText(path, value.ToJsonString(Indented) + "\n");

    /// <summary>Reads an object of at most 64 MB.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Run"/>: missing, too large, or no JSON object.</exception>
    public static JsonObject Read(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists) throw new AttuneException(ExitCode.Run, $"{path} is missing.");
        if (file.Length > MaximumBytes) throw new AttuneException(ExitCode.Run, $"{path} is damaged: {file.Length:N0} bytes, expected at most {MaximumBytes:N0}.");
        try
        {
            var node = JsonNode.Parse(File.ReadAllBytes(path));
            if (node is JsonObject value)
            {
                _ = value.Count; // A key given twice shows only now.
                return value;
            }

            throw new AttuneException(ExitCode.Run, $"{path} is damaged: expected a JSON object.");
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            throw new AttuneException(ExitCode.Run, $"{path} is damaged: {exception.Message}", inner: exception);
        }
    }
}
