using System.Text.Json.Nodes;
using Attune.Models.Architectures;
using Attune.Models.Weights;
using Attune.Text.Tokenizers;
using static TorchSharp.torch;

namespace Attune.Models.Export;

/// <summary>Configuration and tokenizer of a model whose only file is a GGUF, as the files of a Hugging Face folder.</summary>
internal static class GgufBase
{
    private const string RotaryFactors = "rope_freqs.weight";

    /// <summary>Writes config.json and generation_config.json.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="file">The base model.</param>
    /// <param name="config">The decoder's configuration.</param>
    /// <param name="type">Element type of the weights written.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Model"/>: a rotary scaling that config.json cannot say.</exception>
    public static void WriteConfig(string folder, GgufWeights file, LlamaConfig config, ScalarType type)
    {
        if (file.Tensors.ContainsKey(RotaryFactors))
        {
            using var factors = file.Load(RotaryFactors, ScalarType.Float32);
            config = config with { Rotary = Llama3Rotary.Recover(factors.data<float>().ToArray(), config.Rotary.Theta, file.Path) };
        }

        ConfigJson.Save(folder, ConfigJson.Of(config, type));
        ConfigJson.Save(folder, new JsonObject
        {
            ["bos_token_id"] = config.BosId,
            ["eos_token_id"] = ConfigJson.Ids(config.EosIds),
            ["pad_token_id"] = config.PaddingId,
        }, "generation_config.json");
    }

    /// <summary>Writes what the folder still lacks of tokenizer.json, tokenizer_config.json and a chat template.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="file">The base model.</param>
    /// <param name="config">The decoder's configuration.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Model"/>: a tokenizer that is not built.</exception>
    public static void CompleteTokenizer(string folder, GgufWeights file, LlamaConfig config)
    {
        if (!File.Exists(Path.Combine(folder, "tokenizer.json")))
            ConfigJson.Save(folder, GgufTokenizerJson.Tokenizer(file.Metadata, file.Path), "tokenizer.json");
        if (!File.Exists(Path.Combine(folder, "tokenizer_config.json")))
            ConfigJson.Save(folder, GgufTokenizerJson.Config(file.Metadata, config.MaxPositions, file.Path), "tokenizer_config.json");
        if (TokenizerConfig.Load(folder).ChatTemplate is null && TokenizerConfig.FromGguf(file.Metadata, file.Path).ChatTemplate is { } template)
            AtomicFile.WriteText(Path.Combine(folder, "chat_template.jinja"), template);
    }
}
