using System.Text.Json;
using Attune.Text.Tokenizers.AddedTokens;
using Attune.Text.Tokenizers.Decoders;
using Attune.Text.Tokenizers.Models;
using Attune.Text.Tokenizers.Normalizers;
using Attune.Text.Tokenizers.PostProcessors;
using Attune.Text.Tokenizers.PreTokenizers;

namespace Attune.Text.Tokenizers;

/// <summary>
/// Reads tokenizer.json, the file of Hugging Face's tokenizers library. Its "truncation" and "padding" are not applied.
/// </summary>
public static class TokenizerJson
{
    private const int LongestAddedToken = 1_000; // texts are searched for these: the time grows with their length

    private static readonly string[] Known =
    [
        "version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder", "model",
    ];

    /// <summary>Reads a file.</summary>
    /// <exception cref="AttuneException">No such file, malformed, or with a component that Attune does not have.</exception>
    public static ITokenizer Load(string path)
    {
        try
        {
            return Parse(File.ReadAllBytes(path), path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new AttuneException(ExitCode.Model, $"{path}: there is no such file.", "A model folder needs its tokenizer.json.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AttuneException(ExitCode.Model, $"{path}: the file cannot be read: {e.Message}", inner: e);
        }
    }

    /// <summary>Reads the content of a file.</summary>
    /// <param name="utf8">The JSON.</param>
    /// <param name="path">What errors call it.</param>
    /// <exception cref="AttuneException">Malformed, or with a component that Attune does not have.</exception>
    public static ITokenizer Parse(ReadOnlyMemory<byte> utf8, string path)
    {
        try
        {
            if (utf8.Span.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])) utf8 = utf8[3..];
            var fields = JsonFields.Read(utf8)
                ?? throw new AttuneException(ExitCode.Model, $"{path}: the file is not a JSON object.");
            return new Tokenizer(ReadStages(fields, path));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string that is not UTF-8, or half a surrogate pair.
            throw new AttuneException(ExitCode.Model, $"{path}: the file is not valid JSON: {e.Message}", inner: e);
        }
    }

    private static TokenizerStages ReadStages(Dictionary<string, ReadOnlyMemory<byte>> fields, string path)
    {
        if (fields.Keys.FirstOrDefault(key => !Known.Contains(key)) is { } unknown)
            throw new AttuneException(ExitCode.Model, $"{path}: the key \"{unknown}\" is unknown.");
        var root = new Component(path, "tokenizer", JsonFields.Without(fields, "model"));
        if (root.OptionalText("version") is { } version && version != "1.0")
            throw root.Error($"\"version\" is {version}, expected 1.0.");
        var stages = Optional(root, "pre_tokenizer") is { } pre ? PreTokenizerReader.Read(pre) : [];
        var model = ReadModel(fields, stages, path);
        return new TokenizerStages
        {
            AddedTokens = ReadAddedTokens(root),
            Normalizer = Optional(root, "normalizer") is { } normalizer ? NormalizerReader.Read(normalizer) : null,
            PreTokenizers = stages,
            Model = model,
            PostProcessor = Optional(root, "post_processor") is { } post ? PostProcessorReader.Read(post) : null,
            Decoder = Optional(root, "decoder") is { } decoder ? DecoderReader.Read(decoder) : null,
        };
    }

    // A model that reads bytes itself takes the place of a last stage that would name them one by one.
    private static BpeModel ReadModel(
        Dictionary<string, ReadOnlyMemory<byte>> fields, List<IPreTokenizer> stages, string path)
    {
        var model = fields.TryGetValue("model", out var json) ? JsonFields.Read(json) : null;
        if (model is null) throw new AttuneException(ExitCode.Model, $"{path}: \"model\" is missing.");
        var component = new Component(path, "model", JsonFields.Without(model, "vocab", "merges"));
        if ((component.OptionalText("type") ?? (model.ContainsKey("merges") ? "BPE" : "")) != "BPE")
            throw component.Unsupported("model");
        var options = BpeReader.ReadOptions(component);
        var overBytes = stages is [.., ToByteAlphabet]
            && options.ContinuingSubwordPrefix.Length == 0 && options.EndOfWordSuffix.Length == 0;
        if (overBytes) stages.RemoveAt(stages.Count - 1);
        return BpeReader.Read(model, options, overBytes, path);
    }

    private static List<AddedToken> ReadAddedTokens(Component root)
    {
        if (!root.Json.TryGetProperty("added_tokens", out var list) || list.ValueKind == JsonValueKind.Null) return [];
        var tokens = new List<AddedToken>();
        foreach (var item in root.Items("added_tokens"))
        {
            item.Count("id"); // must be there, though it does not count: see AddedVocabulary
            if (item.Text("content").Length > LongestAddedToken)
                throw item.Error($"\"content\" is longer than {LongestAddedToken} characters.");
            tokens.Add(new AddedToken(
                item.Text("content"), item.Flag("single_word"), item.Flag("lstrip"), item.Flag("rstrip"),
                item.Flag("normalized"), item.Flag("special")));
        }

        return tokens;
    }

    private static Component? Optional(Component root, string name)
    {
        if (!root.Json.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        return value.ValueKind == JsonValueKind.Object
            ? new Component(root.File, name, value)
            : throw root.Error($"\"{name}\" is not an object.");
    }
}
