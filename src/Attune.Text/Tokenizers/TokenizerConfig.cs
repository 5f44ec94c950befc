using System.Text.Json;

namespace Attune.Text.Tokenizers;

/// <summary>What stands beside a tokenizer: its special tokens by role and its chat template.</summary>
public sealed record TokenizerConfig
{
    /// <summary>Special tokens by role, such as <c>bos_token</c> or <c>pad_token</c>, as far as there are any.</summary>
    public IReadOnlyDictionary<string, string> SpecialTokens { get; init; } = new Dictionary<string, string>();

    /// <summary>The token at the beginning of a text, or null.</summary>
    public string? BosToken => SpecialTokens.GetValueOrDefault("bos_token");

    /// <summary>The token at the end of a text or turn, or null.</summary>
    public string? EosToken => SpecialTokens.GetValueOrDefault("eos_token");

    /// <summary>The token that fills batches, or null.</summary>
    public string? PadToken => SpecialTokens.GetValueOrDefault("pad_token");

    /// <summary>The token for what has no token, or null.</summary>
    public string? UnkToken => SpecialTokens.GetValueOrDefault("unk_token");

    /// <summary><c>add_bos_token</c>; null where the file does not say.</summary>
    public bool? AddBosToken { get; init; }

    /// <summary><c>add_eos_token</c>; null where the file does not say.</summary>
    public bool? AddEosToken { get; init; }

    /// <summary>Most tokens the model takes; null where the file does not say or gives a number that means no limit.</summary>
    public int? ModelMaxLength { get; init; }

    /// <summary>The chat template in Jinja, or null.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>Where the chat template stands, for messages.</summary>
    public string ChatTemplateOrigin { get; init; } = "chat template";

    /// <summary>
    /// Reads <c>tokenizer_config.json</c> and <c>chat_template.jinja</c> of a model folder; either may be absent, and
    /// the second wins over a template in the first. Of a list of named templates <c>default</c> is used.
    /// </summary>
    /// <exception cref="AttuneException">A file is malformed; the message names key, what was found and expected.</exception>
    public static TokenizerConfig Load(string folder)
    {
        try
        {
            var path = Path.Combine(folder, "tokenizer_config.json");
            var config = File.Exists(path) ? Parse(File.ReadAllBytes(path), path) : new TokenizerConfig();
            var template = Path.Combine(folder, "chat_template.jinja");
            return File.Exists(template) ? config with { ChatTemplate = File.ReadAllText(template), ChatTemplateOrigin = template } : config;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AttuneException(ExitCode.Model, $"{folder}: the tokenizer's settings cannot be read: {e.Message}", inner: e);
        }
    }

    /// <summary>What the metadata of a GGUF file say.</summary>
    /// <exception cref="AttuneException">A key has the wrong type, or a token id lies outside the vocabulary.</exception>
    public static TokenizerConfig FromGguf(IReadOnlyDictionary<string, object> metadata, string path)
    {
        var reader = new Gguf.GgufMetadata(metadata, path);
        var special = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (role, key) in new[] { ("bos_token", "bos"), ("eos_token", "eos"), ("unk_token", "unknown"), ("pad_token", "padding") })
        {
            if (reader.Token(key) is { } token) special[role] = token.Text;
        }

        return new TokenizerConfig
        {
            SpecialTokens = special,
            AddBosToken = reader.Flag("tokenizer.ggml.add_bos_token"),
            AddEosToken = reader.Flag("tokenizer.ggml.add_eos_token"),
            ChatTemplate = reader.Text("tokenizer.chat_template"),
            ChatTemplateOrigin = $"{path}: tokenizer.chat_template",
        };
    }

    private static TokenizerConfig Parse(byte[] utf8, string path)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8.AsMemory(utf8.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0));
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new AttuneException(ExitCode.Model, $"{path}: the file is not a JSON object.");
            return Read(new Component(path, "tokenizer_config", document.RootElement)) with { ChatTemplateOrigin = $"{path}: chat_template" };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new AttuneException(ExitCode.Model, $"{path}: the file is not valid JSON: {e.Message}", inner: e);
        }
    }

    private static TokenizerConfig Read(Component config)
    {
        var special = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in config.Json.EnumerateObject())
        {
            if (field.Name.EndsWith("_token", StringComparison.Ordinal) && Token(config, field) is { } token)
                special[field.Name] = token;
        }

        return new TokenizerConfig
        {
            SpecialTokens = special,
            AddBosToken = OptionalFlag(config, "add_bos_token"),
            AddEosToken = OptionalFlag(config, "add_eos_token"),
            ModelMaxLength = config.Json.TryGetProperty("model_max_length", out var length)
                && length.ValueKind == JsonValueKind.Number && length.TryGetInt32(out var most) && most > 0 ? most : null,
            ChatTemplate = Template(config),
        };
    }

    // A string, or an object whose "content" is one. Other keys that end in _token are flags.
    private static string? Token(Component config, JsonProperty field) => field.Value.ValueKind switch
    {
        JsonValueKind.String => field.Value.GetString(),
        JsonValueKind.Object => config.Child(field.Name).Text("content"),
        _ => null,
    };

    private static bool? OptionalFlag(Component config, string name) =>
        config.Json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? config.Flag(name) : null;

    private static string? Template(Component config)
    {
        if (!config.Json.TryGetProperty("chat_template", out var template) || template.ValueKind != JsonValueKind.Array)
            return config.OptionalText("chat_template");
        return config.Items("chat_template").Where(named => named.Text("name") == "default")
            .Select(named => named.Text("template")).FirstOrDefault();
    }
}
