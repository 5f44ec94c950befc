using System.Text.Json.Nodes;
using Attune.Models.Architectures;
using Attune.Models.Generation;
using Attune.Models.Numerics;
using Attune.Models.Weights;
using Attune.Text.Templates;
using Attune.Text.Tokenizers;

namespace Attune.Models;

/// <summary>A decoder with what belongs to it: tokenizer, chat template, end tokens.</summary>
public sealed class LanguageModel : IDisposable
{
    private const string TokenizerFile = "tokenizer.json";

    private readonly Lazy<ChatFormat?> _chat;

    private LanguageModel(string path, LlamaDecoder decoder, ITokenizer tokenizer, TokenizerConfig special, GenerationDefaults generation)
    {
        (Path, Decoder, Tokenizer, TokenizerConfig, GenerationDefaults) = (path, decoder, tokenizer, special, generation);
        _chat = new(() => special.ChatTemplate is not { } source ? null : ChatFormat.Create(
            ChatTemplate.Parse(source, special.ChatTemplateOrigin),
            special.SpecialTokens.ToDictionary(token => token.Key, token => (JsonNode?)token.Value)));
    }

    /// <summary>Where it was loaded from.</summary>
    public string Path { get; }

    /// <summary>The weights.</summary>
    public LlamaDecoder Decoder { get; }

    /// <summary>Text to ids and back.</summary>
    public ITokenizer Tokenizer { get; }

    /// <summary>Special tokens by role, and what else stands beside the tokenizer.</summary>
    public TokenizerConfig TokenizerConfig { get; }

    /// <summary>How conversations are written for it; null: it has no chat template.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Model"/>: the template cannot be read.</exception>
    public ChatFormat? Chat => _chat.Value;

    /// <summary>The tokens that end a text.</summary>
    public GenerationDefaults GenerationDefaults { get; }

    /// <summary>
    /// Loads a model. What a folder's JSON files do not say is taken from the metadata of its GGUF file, if its weights
    /// are one.
    /// </summary>
    /// <param name="path">A Hugging Face folder with safetensors, a folder with one GGUF file, or a GGUF file.</param>
    /// <param name="precision">Types of its numbers.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Model"/>: not there, incomplete, malformed, or of another architecture.</exception>
    public static LanguageModel Load(string path, Precision precision)
    {
        MissingModel.Refuse(path);
        var isFolder = Directory.Exists(path);

        // Before the weights are touched: a model of another architecture is to be told as that.
        var config = File(LlamaConfigFile.Name) is { } file ? LlamaConfigFile.Load(file) : null;
        using var weights = WeightSource.Open(path);
        var gguf = weights as GgufWeights;
        config ??= gguf is null ? throw Missing(LlamaConfigFile.Name) : LlamaConfigGguf.Read(gguf.Metadata, gguf.Tensors.Keys, gguf.Path);

        var tokenizer = File(TokenizerFile) is { } json ? TokenizerJson.Load(json)
            : gguf is null ? throw Missing(TokenizerFile)
            : GgufTokenizer.Create(gguf.Metadata, gguf.Path);
        var special = SpecialTokens();
        var eos = special.EosToken is { } token ? tokenizer.TokenToId(token) : null;
        var generation = GenerationDefaults.Read(File(GenerationDefaults.FileName), config, eos);
        return new LanguageModel(path, LlamaDecoder.Load(config, weights, precision), tokenizer, special, generation);

        string? File(string name) => isFolder && System.IO.File.Exists(System.IO.Path.Combine(path, name)) ? System.IO.Path.Combine(path, name) : null;

        AttuneException Missing(string name) => new(ExitCode.Model, $"{path} has no {name}.", MissingModel.Files);

        TokenizerConfig SpecialTokens()
        {
            var beside = isFolder ? TokenizerConfig.Load(path) : new TokenizerConfig();
            if (gguf is null) return beside;
            var inside = TokenizerConfig.FromGguf(gguf.Metadata, gguf.Path);
            var template = beside.ChatTemplate is null ? inside : beside;
            return (beside.SpecialTokens.Count == 0 ? inside : beside) with
            {
                ChatTemplate = template.ChatTemplate, ChatTemplateOrigin = template.ChatTemplateOrigin,
            };
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Decoder.Dispose();
}
