using Attune.Models.Architectures;
using Attune.Models.Weights;
using static TorchSharp.torch;

namespace Attune.Models.Export;

/// <summary>A model as a folder that transformers and Attune load: <c>config.json</c>, <c>model.safetensors</c> and the tokenizer's files.</summary>
public static class HuggingFaceFolder
{
    // What belongs to a model beside its configuration and its weights.
    private static readonly string[] Copied =
    [
        "generation_config.json", "tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "special_tokens_map.json",
        "added_tokens.json", "vocab.json", "merges.txt", "tokenizer.model",
    ];

    /// <summary>Writes a decoder's weights, with configuration and tokenizer of the model it came from.</summary>
    /// <param name="folder">Made where it is missing; must be empty.</param>
    /// <param name="decoder">Without adapters: merge them first.</param>
    /// <param name="basePath">The base model: Hugging Face folder, folder with one GGUF, or a GGUF file.</param>
    /// <param name="type">Element type written: <see cref="ScalarType.BFloat16"/> or <see cref="ScalarType.Float32"/>.</param>
    /// <exception cref="AttuneException">
    /// <see cref="ExitCode.Usage"/>: the folder holds files; <see cref="ExitCode.Model"/>: the base cannot be read;
    /// <see cref="ExitCode.Environment"/>: the disk has too little room.
    /// </exception>
    /// <exception cref="IOException">No permission.</exception>
    public static void Write(string folder, LlamaDecoder decoder, string basePath, ScalarType type)
    {
        if (decoder.Linears.FirstOrDefault(linear => linear.Adapter is not null) is { } adapted)
            throw new InvalidOperationException($"{adapted.Name} still has an adapter: merge it first.");
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new AttuneException(ExitCode.Usage, $"{folder} is not empty.", "Name a new folder.");
        Directory.CreateDirectory(folder);
        RequireRoom(folder, decoder, type);

        WriteSettings(folder, decoder.Config, basePath, type);
        SafetensorsWriter.Write(
            Path.Combine(folder, "model.safetensors"),
            decoder.Parameters.Select(parameter => (parameter.Name, parameter.Value)),
            new Dictionary<string, string> { ["format"] = "pt" },
            type);
    }

    private static void WriteSettings(string folder, LlamaConfig config, string basePath, ScalarType type)
    {
        foreach (var name in Copied.Where(name => File.Exists(Path.Combine(basePath, name))))
            File.Copy(Path.Combine(basePath, name), Path.Combine(folder, name));

        using var gguf = OpenGguf(basePath);
        var path = Path.Combine(basePath, LlamaConfigFile.Name);
        if (File.Exists(path)) ConfigJson.CopyFrom(path, folder, config, type);
        else if (gguf is not null) GgufBase.WriteConfig(folder, gguf, config, type);
        else throw new AttuneException(ExitCode.Model, $"{basePath} has no {LlamaConfigFile.Name}, which the merged model needs.", "Name the base model's Hugging Face folder or a GGUF file.");
        if (gguf is not null) GgufBase.CompleteTokenizer(folder, gguf, config);
    }

    private static GgufWeights? OpenGguf(string path)
    {
        if (!File.Exists(path) && Directory.GetFiles(path, "*.gguf").Length == 0) return null;
        var weights = WeightSource.Open(path);
        if (weights is GgufWeights gguf) return gguf;
        weights.Dispose();
        return null;
    }

    private static void RequireRoom(string folder, LlamaDecoder decoder, ScalarType type)
    {
        var needed = decoder.Parameters.Sum(parameter => parameter.Count) * (type == ScalarType.BFloat16 ? 2 : 4);
        var free = new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
        if (free < needed)
            throw new AttuneException(ExitCode.Environment, $"{folder}: the model needs {needed >> 20} MB, the disk has {free >> 20} MB left.", "Free some space or name a folder on another disk.");
    }
}
