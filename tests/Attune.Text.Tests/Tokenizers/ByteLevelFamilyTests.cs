using System.Text.Json;
using Attune.Text.Tokenizers;

namespace Attune.Text.Tests.Tokenizers;

/// <summary>Every byte-level BPE family of the reference, exactly.</summary>
public class ByteLevelFamilyTests
{
    private const int TextCount = 437;

    public static TheoryData<string> Families => ["smollm2", "llama3_2", "qwen3", "gptoss", "deepseek_v3", "gpt2", "bpe_bytelevel_1k"];

    [Theory]
    [MemberData(nameof(Families))]
    public void Every_text_is_encoded_and_decoded_as_by_the_reference(string family)
    {
        var tokenizer = TokenizerGoldens.Load(family);
        var differences = new List<string>();
        var compared = 0;
        foreach (var record in TokenizerGoldens.Records($"{family}/encodings.jsonl.gz"))
        {
            var text = TokenizerGoldens.Texts[record.GetProperty("id").GetString()!].Text;
            Compare(tokenizer, text, record, differences);
            compared++;
        }

        TokenizerGoldens.AssertNone(differences, compared, TextCount);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Streaming_gives_the_chunks_of_the_reference(string family)
    {
        var tokenizer = TokenizerGoldens.Load(family);
        var differences = new List<string>();
        var compared = 0;
        foreach (var record in TokenizerGoldens.Records($"{family}/streaming.jsonl"))
        {
            var skip = !record.TryGetProperty("skip_special_tokens", out var skipped) || skipped.GetBoolean();
            var stream = tokenizer.StartDecoding(skip);
            var prefill = record.TryGetProperty("prefill", out _) ? TokenizerGoldens.Ids(record, "prefill") : [];
            var before = string.Concat(prefill.Select(stream.Next));
            var chunks = record.GetProperty("chunks").EnumerateArray().Select(chunk => chunk.GetString()).ToArray();
            var actual = TokenizerGoldens.Ids(record).Select(stream.Next).ToArray();
            // After a prefill that ends within a character the reference gives the whole prefill again.
            var within = tokenizer.Decode(prefill, skip).EndsWith('\uFFFD');
            var same = within ? before + string.Concat(actual) == string.Concat(chunks) : chunks.SequenceEqual(actual);
            if (!same) differences.Add($"{string.Join('|', actual)}, expected {string.Join('|', chunks)}");
            compared++;
        }

        Assert.True(compared >= 90, $"{compared} streams");
        TokenizerGoldens.AssertNone(differences, compared, compared);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_character_leads_to_the_first_token_that_holds_it(string family)
    {
        var tokenizer = TokenizerGoldens.Load(family);
        var differences = new List<string>();
        var compared = 0;
        foreach (var record in TokenizerGoldens.Records($"{family}/char_to_token.jsonl"))
        {
            var text = TokenizerGoldens.Texts[record.GetProperty("id").GetString()!].Text;
            var encoding = tokenizer.Encode(text);
            var index = TokenizerGoldens.Utf16Index(text);
            var expected = record.GetProperty("char_to_token").EnumerateArray()
                .Select(token => token.ValueKind == JsonValueKind.Null ? (int?)null : token.GetInt32()).ToArray();
            var actual = index.Select(encoding.CharToToken).ToArray();
            if (!expected.SequenceEqual(actual)) differences.Add($"{TokenizerGoldens.Show(text)}: {string.Join(' ', actual)}, expected {string.Join(' ', expected)}");
            compared++;
        }

        TokenizerGoldens.AssertNone(differences, compared, 20);
    }

    [Fact]
    public void Ignoring_merges_makes_a_piece_of_the_vocabulary_one_token()
    {
        var asStored = TokenizerGoldens.Load("llama3_2");
        var json = System.Text.Encoding.UTF8.GetString(TokenizerGoldens.TokenizerBytes("llama3_2"));
        Assert.Contains("\"ignore_merges\":true", json, StringComparison.Ordinal);
        var flipped = TokenizerJson.Parse(
            System.Text.Encoding.UTF8.GetBytes(json.Replace("\"ignore_merges\":true", "\"ignore_merges\":false", StringComparison.Ordinal)), "flipped");
        var compared = 0;
        foreach (var record in TokenizerGoldens.Records("llama3_2/ignore_merges.jsonl"))
        {
            var text = record.GetProperty("text").GetString()!;
            Assert.Equal(TokenizerGoldens.Ids(record), asStored.Encode(text, addSpecialTokens: false).Ids);
            Assert.Equal(TokenizerGoldens.Ids(record, "ids_with_ignore_merges_flipped"), flipped.Encode(text, addSpecialTokens: false).Ids);
            compared++;
        }

        Assert.Equal(60, compared);
    }

    private static void Compare(ITokenizer tokenizer, string text, JsonElement record, List<string> differences)
    {
        var encoding = tokenizer.Encode(text);
        if (TokenizerGoldens.Difference(text, encoding, record) is { } difference) differences.Add(difference);
        var ids = TokenizerGoldens.Ids(record);
        var plain = record.TryGetProperty("ids_without_special", out _) ? TokenizerGoldens.Ids(record, "ids_without_special") : ids;
        if (!plain.SequenceEqual(tokenizer.Encode(text, addSpecialTokens: false).Ids)) differences.Add($"{TokenizerGoldens.Show(text)}: ids without special tokens");
        if (record.TryGetProperty("as_text", out var asText)
            && TokenizerGoldens.Difference(text, tokenizer.Encode(text, parseSpecialTokens: false), asText) is { } inPlain)
            differences.Add($"special tokens as text: {inPlain}");
        var decoded = record.GetProperty("decoded").GetString()!;
        if (tokenizer.Decode(ids, skipSpecialTokens: false) != decoded) differences.Add($"{TokenizerGoldens.Show(text)}: decoded");
        var skipped = record.TryGetProperty("decoded_skip_special", out var other) ? other.GetString()! : decoded;
        if (tokenizer.Decode(ids) != skipped) differences.Add($"{TokenizerGoldens.Show(text)}: decoded without special tokens");
    }
}
