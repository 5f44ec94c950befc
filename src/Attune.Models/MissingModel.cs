namespace Attune.Models;

/// <summary>What a user is told whose model is not where it is looked for.</summary>
internal static class MissingModel
{
    /// <summary>The files a model consists of.</summary>
    public const string Files = "A model is a folder with config.json, tokenizer.json, tokenizer_config.json and model.safetensors "
        + "(or shards with model.safetensors.index.json, or one .gguf file), or a .gguf file alone.";

    // What to do about the models that Attune's recipes name, by the folder they are expected in.
    private static readonly Dictionary<string, string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["attune-nano"] = "It comes with Attune's repository: get the whole of it (git pull; git checkout -- models)",
        ["smollm2-135m-instruct"] = "Put the public model SmolLM2-135M-Instruct (HuggingFaceTB/SmolLM2-135M-Instruct on the Hugging Face hub) there",
    };

    /// <summary>Throws where there is neither a folder nor a GGUF file.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Model"/>.</exception>
    public static void Refuse(string path)
    {
        if (Directory.Exists(path)) return;
        if (!File.Exists(path))
        {
            var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
            var known = Known.GetValueOrDefault(name, "Put a model of the Llama family, for example SmolLM2-135M-Instruct, there");
            throw new AttuneException(ExitCode.Model, $"There is no model {path}.", $"{known}, or name another place with --model PATH. {Files}");
        }

        if (!path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase))
            throw new AttuneException(ExitCode.Model, $"{path} is a file, but no .gguf file.", "Name the model's folder.");
    }
}
