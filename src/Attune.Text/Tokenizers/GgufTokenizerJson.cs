using System.Text.Json.Nodes;
using Attune.Text.Tokenizers.Gguf;

namespace Attune.Text.Tokenizers;

/// <summary>The tokenizer of a GGUF file as the files that the Hugging Face libraries read.</summary>
public static class GgufTokenizerJson
{
    private static readonly (string Role, string Key)[] Roles =
        [("bos", "bos_token"), ("eos", "eos_token"), ("padding", "pad_token"), ("unknown", "unk_token")];

    /// <summary>The content of tokenizer.json: it encodes as <see cref="GgufTokenizer"/> does.</summary>
    /// <param name="metadata">Key to boxed value or array, as the GGUF reader gives them.</param>
    /// <param name="path">The file, for errors.</param>
    /// <exception cref="AttuneException">A key is missing or of the wrong type, or names what Attune does not have.</exception>
    public static JsonObject Tokenizer(IReadOnlyDictionary<string, object> metadata, string path)
    {
        GgufTokenizer.Create(metadata, path); // its errors name what is wrong
        var reader = new GgufMetadata(metadata, path);
        var splitting = GgufTokenizer.Splitting(reader);
        var tokens = reader.Texts("tokenizer.ggml.tokens");
        return TokenizerJsonObjects.Tokenizer(
            GgufTokenizer.Added(tokens, reader.Kinds() ?? new int[tokens.Length])
                .Select(token => TokenizerJsonObjects.AddedToken(token.Id, token.Token.Content, token.Token.Special)),
            normalizer: splitting.Compose ? new JsonObject { ["type"] = "NFC" } : null,
            preTokenizer: new JsonObject
            {
                ["type"] = "Sequence",
                ["pretokenizers"] = new JsonArray([.. splitting.Patterns.Select(Split), ByteLevel()]),
            },
            postProcessor: TokenizerJsonObjects.Frame(GgufTokenizer.Bos(reader, splitting), GgufTokenizer.Eos(reader)),
            decoder: ByteLevel(),
            model: TokenizerJsonObjects.Model(
                Vocabulary(tokens, reader), reader.Texts("tokenizer.ggml.merges").Select(merge => (JsonNode)merge), splitting.IgnoreMerges));
    }

    /// <summary>The content of tokenizer_config.json: special tokens, BOS and EOS, context, chat template.</summary>
    /// <param name="metadata">As for <see cref="Tokenizer"/>.</param>
    /// <param name="contextLength">Most tokens of a text.</param>
    /// <param name="path">The file, for errors.</param>
    /// <exception cref="AttuneException">A key is of the wrong type.</exception>
    public static JsonObject Config(IReadOnlyDictionary<string, object> metadata, int contextLength, string path)
    {
        var reader = new GgufMetadata(metadata, path);
        var json = new JsonObject
        {
            ["tokenizer_class"] = "PreTrainedTokenizerFast",
            ["model_max_length"] = contextLength,
            ["clean_up_tokenization_spaces"] = false,
        };
        foreach (var (role, key) in Roles)
        {
            if (reader.Token(role) is { } token) json[key] = token.Text;
        }

        if (reader.Text("tokenizer.chat_template") is { } template) json["chat_template"] = template;
        return json;
    }

    private static JsonObject Vocabulary(string[] tokens, GgufMetadata reader)
    {
        var vocabulary = new JsonObject();
        for (var id = 0; id < tokens.Length; id++)
        {
            if (!vocabulary.TryAdd(tokens[id], id))
                throw reader.Error($"the token \"{tokens[id]}\" is in the vocabulary twice, which tokenizer.json cannot say.");
        }

        return vocabulary;
    }

    private static JsonObject Split(string pattern) => new()
    {
        ["type"] = "Split",
        ["pattern"] = new JsonObject { ["Regex"] = pattern },
        ["behavior"] = "Isolated",
        ["invert"] = false,
    };

    private static JsonObject ByteLevel() => TokenizerJsonObjects.ByteLevel(addPrefixSpace: false, useRegex: false);
}
