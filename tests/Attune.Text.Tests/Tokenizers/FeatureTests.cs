using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Text.Tokenizers;
using Attune.Text.Tokenizers.Decoders;
using Attune.Text.Tokenizers.Normalizers;
using Attune.Text.Tokenizers.PreTokenizers;

namespace Attune.Text.Tests.Tokenizers;

/// <summary>Synthetic tokenizers of the reference, one for each component and option.</summary>
public class FeatureTests
{
    /// <summary>What belongs to other tokenizer models, by what the error names.</summary>
    private static readonly Dictionary<string, string[]> NotSupported = new()
    {
        ["added_tokens"] = ["pre-tokenizer \"Metaspace\""],
        ["legacy_form"] = ["pre-tokenizer \"Metaspace\"", "normalizer \"BertNormalizer\""],
        ["model"] = ["model \"WordPiece\"", "model \"WordLevel\"", "model \"Unigram\"", "decoder \"WordPiece\"", "decoder \"Sequence\"", "decoder \"BPEDecoder\""],
        ["normalizer"] = ["normalizer \"Nmt\"", "normalizer \"Precompiled\"", "normalizer \"BertNormalizer\""],
        ["post_processor"] = [],
        ["pre_tokenizer"] =
        [
            "pre-tokenizer \"Whitespace\"", "pre-tokenizer \"BertPreTokenizer\"", "pre-tokenizer \"UnicodeScripts\"",
            "pre-tokenizer \"FixedLength\"", "pre-tokenizer \"Metaspace\"",
        ],
    };

    [Theory]
    [InlineData("added_tokens", 18)]
    [InlineData("legacy_form", 24)]
    [InlineData("model", 13)]
    [InlineData("normalizer", 24)]
    [InlineData("post_processor", 14)]
    [InlineData("pre_tokenizer", 42)]
    public void Every_case_of_a_supported_component_is_as_in_the_reference(string group, int tokenizers)
    {
        var differences = new List<string>();
        var compared = 0;
        foreach (var record in TokenizerGoldens.Records($"features/{group}.jsonl"))
        {
            var json = Tokenizer(record);
            // Decoders of other models do not keep a model's encodings from being compared.
            if (group == "model") json["decoder"] = null;
            if (Load(json, NotSupported[group]) is not { } tokenizer) continue;
            compared++;
            var hasDecoder = json["decoder"] is not null || group != "model";
            foreach (var one in record.GetProperty("cases").EnumerateArray())
            {
                if (one.TryGetProperty("text_pair", out _)) continue;
                if (Compare(tokenizer, one, hasDecoder) is { } difference) differences.Add($"{record.GetProperty("name")}: {difference}");
            }
        }

        TokenizerGoldens.AssertNone(differences, compared, tokenizers);
    }

    [Fact]
    public void Pieces_of_pre_tokenizers_are_those_of_the_reference()
    {
        var differences = new List<string>();
        var compared = 0;
        foreach (var record in TokenizerGoldens.Records("features/pre_tokenizer.jsonl"))
        {
            var json = Tokenizer(record);
            if (Load(json, NotSupported["pre_tokenizer"]) is null) continue;
            var stages = PreTokenizerReader.Read(new Component("test", "pre_tokenizer", JsonElement.Parse(json["pre_tokenizer"]!.ToJsonString())));
            foreach (var one in record.GetProperty("cases").EnumerateArray())
            {
                var text = one.GetProperty("text").GetString()!;
                if (text.Length == 0) continue; // no pieces; the reference gives an empty one where there are no stages
                var index = TokenizerGoldens.Utf16Index(text);
                var expected = one.GetProperty("pieces").EnumerateArray().Select(piece =>
                    $"{piece[0].GetString()}{(index[piece[1][0].GetInt32()], index[piece[1][1].GetInt32()])}");
                var actual = Pieces(stages, text).Select(piece => $"{piece.Span}{piece.Original(0, piece.Length)}");
                if (!expected.SequenceEqual(actual)) differences.Add($"{record.GetProperty("name")}: {string.Join(' ', actual)}, expected {string.Join(' ', expected)}");
                compared++;
            }
        }

        TokenizerGoldens.AssertNone(differences, compared, 42 * 23);
    }

    [Fact]
    public void Normalized_texts_are_those_of_the_reference()
    {
        var differences = new List<string>();
        var compared = 0;
        foreach (var record in TokenizerGoldens.Records("features/normalizer.jsonl"))
        {
            var json = Tokenizer(record);
            if (Load(json, NotSupported["normalizer"]) is null) continue;
            var normalizer = NormalizerReader.Read(new Component("test", "normalizer", JsonElement.Parse(json["normalizer"]!.ToJsonString())));
            foreach (var one in record.GetProperty("cases").EnumerateArray())
            {
                var text = one.GetProperty("text").GetString()!;
                var actual = normalizer.Normalize(new AlignedText(text).Whole).Span.ToString();
                var expected = one.GetProperty("normalized").GetString()!;
                if (actual != expected) differences.Add($"{record.GetProperty("name")}: {TokenizerGoldens.Show(text)}: {actual}, expected {expected}");
                compared++;
            }
        }

        TokenizerGoldens.AssertNone(differences, compared, 24 * 24);
    }

    [Fact]
    public void The_byte_level_decoder_reads_any_strings_as_the_reference_does()
    {
        var record = TokenizerGoldens.Records("features/decoder.jsonl").Single(r => r.GetProperty("name").GetString() == "ByteLevel");
        var differences = new List<string>();
        var compared = 0;
        foreach (var one in record.GetProperty("cases").EnumerateArray())
        {
            if (!one.TryGetProperty("tokens", out var tokens)) continue;
            var actual = string.Concat(new ByteLevelDecoder().Decode([.. tokens.EnumerateArray().Select(token => token.GetString()!)]));
            if (actual != one.GetProperty("decoded").GetString()) differences.Add($"{tokens}: {actual}");
            compared++;
        }

        TokenizerGoldens.AssertNone(differences, compared, 20);
    }

    internal static JsonObject Tokenizer(JsonElement record)
    {
        var json = (JsonObject)JsonNode.Parse(record.GetProperty("tokenizer").GetRawText())!;
        if (json["model"] is JsonValue)
            json["model"] = JsonNode.Parse(File.ReadAllText(Goldens.Path("tokenizers/features/base_model.json")));
        return json;
    }

    private static ITokenizer? Load(JsonObject json, string[] notSupported)
    {
        try
        {
            return TokenizerJson.Parse(System.Text.Encoding.UTF8.GetBytes(json.ToJsonString()), "tokenizer.json");
        }
        catch (AttuneException e) when (notSupported.Any(part => e.Message.Contains(part, StringComparison.Ordinal)))
        {
            Assert.Equal(ExitCode.Model, e.Code);
            return null;
        }
    }

    private static List<Piece> Pieces(List<IPreTokenizer> stages, string text)
    {
        List<Piece> pieces = text.Length == 0 ? [] : [new AlignedText(text).Whole];
        foreach (var stage in stages)
        {
            var smaller = new List<Piece>();
            foreach (var piece in pieces) stage.Split(piece, smaller);
            pieces = smaller;
        }

        return pieces;
    }

    private static string? Compare(ITokenizer tokenizer, JsonElement one, bool hasDecoder)
    {
        var text = one.GetProperty("text").GetString()!;
        if (TokenizerGoldens.Difference(text, tokenizer.Encode(text), one) is { } difference) return difference;
        if (one.TryGetProperty("as_text", out var asText)
            && TokenizerGoldens.Difference(text, tokenizer.Encode(text, parseSpecialTokens: false), asText) is { } inPlain)
            return $"as text: {inPlain}";
        if (!hasDecoder || !one.TryGetProperty("decoded", out var decoded)) return null;
        var ids = TokenizerGoldens.Ids(one);
        var actual = tokenizer.Decode(ids, skipSpecialTokens: false);
        if (actual != decoded.GetString()) return $"{TokenizerGoldens.Show(text)}: decoded {actual}, expected {decoded}";
        if (!one.TryGetProperty("decoded_skip_special", out var skipped)) skipped = decoded;
        actual = tokenizer.Decode(ids);
        return actual == skipped.GetString() ? null : $"{TokenizerGoldens.Show(text)}: decoded {actual} without special tokens, expected {skipped}";
    }
}
