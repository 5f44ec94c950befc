using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text.Json;
using Attune.Text.Tokenizers;

namespace Attune.Text.Tests.Tokenizers;

/// <summary>The reference encodings: texts, tokenizers and records, with offsets turned to UTF-16.</summary>
internal static class TokenizerGoldens
{
    private static readonly Lazy<Dictionary<string, (string Category, string Text)>> AllTexts = new(() => Records("texts.jsonl")
        .ToDictionary(r => r.GetProperty("id").GetString()!, r => (r.GetProperty("category").GetString()!, r.GetProperty("text").GetString()!)));

    private static readonly ConcurrentDictionary<string, Lazy<ITokenizer>> Loaded = new();

    public static IReadOnlyDictionary<string, (string Category, string Text)> Texts => AllTexts.Value;

    /// <summary>The tokenizer of a family, loaded once: tests share it, as threads may.</summary>
    public static ITokenizer Load(string family) =>
        Loaded.GetOrAdd(family, name => new(() => TokenizerJson.Parse(TokenizerBytes(name), TokenizerPath(name)))).Value;

    public static byte[] TokenizerBytes(string family) => Bytes(TokenizerPath(family));

    private static string TokenizerPath(string family) => family switch
    {
        "smollm2" => Goldens.Model("smollm2-135m-instruct/tokenizer.json"),
        "bpe_bytelevel_1k" => Goldens.Path($"tokenizers/{family}/tokenizer.json"),
        _ => Goldens.Path($"tokenizers/{family}/tokenizer.json.gz"),
    };

    public static IEnumerable<JsonElement> Records(string relative)
    {
        using var reader = new StreamReader(new MemoryStream(Bytes(Goldens.Path($"tokenizers/{relative}"))));
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0) yield return JsonElement.Parse(line);
        }
    }

    public static int[] Ids(JsonElement record, string name = "ids") => [.. record.GetProperty(name).EnumerateArray().Select(id => id.GetInt32())];

    /// <summary>What differs between an encoding and its record (ids, tokens, offsets in code points), or null.</summary>
    public static string? Difference(string text, Encoding actual, JsonElement record)
    {
        var ids = Ids(record);
        if (!ids.SequenceEqual(actual.Ids)) return $"{Show(text)}: ids {string.Join(' ', actual.Ids)}, expected {string.Join(' ', ids)}";
        var tokens = record.GetProperty("tokens").EnumerateArray().Select(token => token.GetString()!).ToArray();
        if (!tokens.SequenceEqual(actual.Tokens)) return $"{Show(text)}: tokens {string.Join('|', actual.Tokens)}, expected {string.Join('|', tokens)}";
        var index = Utf16Index(text);
        var offsets = record.GetProperty("offsets").EnumerateArray().Select(pair => (index[pair[0].GetInt32()], index[pair[1].GetInt32()])).ToArray();
        return offsets.SequenceEqual(actual.Offsets) ? null : $"{Show(text)}: offsets {string.Join(' ', actual.Offsets)}, expected {string.Join(' ', offsets)}";
    }

    /// <summary>Per code point, and for the end: its UTF-16 index.</summary>
    public static int[] Utf16Index(string text)
    {
        var index = new List<int>();
        for (var i = 0; i < text.Length; i += char.IsSurrogatePair(text, i) ? 2 : 1) index.Add(i);
        index.Add(text.Length);
        return [.. index];
    }

    public static string Show(string text) => JsonSerializer.Serialize(text.Length > 60 ? text[..60] : text);

    public static void AssertNone(List<string> differences, int compared, int expected)
    {
        Assert.True(differences.Count == 0, $"{differences.Count} of {compared}:\n{string.Join('\n', differences.Take(8))}");
        Assert.Equal(expected, compared);
    }

    private static byte[] Bytes(string path)
    {
        if (!path.EndsWith(".gz", StringComparison.Ordinal)) return File.ReadAllBytes(path);
        using var unpacked = new MemoryStream();
        using (var packed = new GZipStream(File.OpenRead(path), CompressionMode.Decompress)) packed.CopyTo(unpacked);
        return unpacked.ToArray();
    }
}
