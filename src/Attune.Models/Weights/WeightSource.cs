namespace Attune.Models.Weights;

/// <summary>Finds the weights of a model.</summary>
public static class WeightSource
{
    /// <summary>
    /// Opens a file (.safetensors, an index of shards, .gguf) or a folder: <c>model.safetensors</c>, else shards with their index, else its
    /// one GGUF file. Tensors of llama GGUF files come under their Hugging Face names.
    /// </summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Model"/>: nothing of that is there, or it is damaged.</exception>
    public static IWeightSource Open(string path)
    {
        if (File.Exists(path))
        {
            return Path.GetExtension(path).ToUpperInvariant() switch
            {
                ".GGUF" => OpenGguf(path),
                ".SAFETENSORS" => SafetensorsFile.Open(path),
                ".JSON" => SafetensorsShards.Open(path),
                _ => throw new AttuneException(ExitCode.Model, $"{path} holds no weights that are read: expected .safetensors, an index of shards (.json), or .gguf."),
            };
        }

        if (!Directory.Exists(path)) throw new AttuneException(ExitCode.Model, $"There is no model {path}.");
        var single = Path.Combine(path, "model.safetensors");
        if (File.Exists(single)) return SafetensorsFile.Open(single);
        var index = Path.Combine(path, "model.safetensors.index.json");
        if (File.Exists(index)) return SafetensorsShards.Open(index);
        var ggufs = Directory.GetFiles(path, "*.gguf").Order().ToArray();
        return ggufs.Length switch
        {
            1 => OpenGguf(ggufs[0]),
            0 => throw new AttuneException(ExitCode.Model, $"{path} holds no weights: expected model.safetensors, model.safetensors.index.json with its shards, or one .gguf file."),
            _ => throw new AttuneException(ExitCode.Model, $"{path} holds {ggufs.Length} GGUF files and no safetensors.", $"Name one of them: {string.Join(", ", ggufs.Take(5).Select(Path.GetFileName))}."),
        };
    }

    private static GgufWeights OpenGguf(string path)
    {
        var file = GgufFile.Open(path);
        try
        {
            return new GgufWeights(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
