using System.Text.Json;
using Attune.Text.Tokenizers;

namespace Attune.Text.Tests.Tokenizers;

public class GgufTokenizerTests
{
    [Fact]
    public void The_gguf_of_SmolLM2_tokenizes_like_its_tokenizer_json()
    {
        var path = Goldens.Model("smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf");
        var tokenizer = GgufTokenizer.Create(GgufMetadataReader.Read(path), path);
        Assert.Equal(49_152, tokenizer.VocabularySize);
        CompareFamily("smollm2", tokenizer, addSpecialTokens: false);
    }

    // The families' own vocabularies as metadata: what a converter writes.
    [Theory]
    [InlineData("smollm2", "smollm")]
    [InlineData("llama3_2", "llama-bpe")]
    [InlineData("qwen3", "qwen2")]
    [InlineData("gptoss", "gpt-4o")]
    [InlineData("deepseek_v3", "deepseek-v3")]
    [InlineData("gpt2", "gpt-2")]
    public void Metadata_made_of_a_tokenizer_json_give_the_same_ids(string family, string pre)
    {
        var metadata = Convert(family, pre);
        CompareFamily(family, GgufTokenizer.Create(metadata, "model.gguf"), addSpecialTokens: true);
    }

    [Theory]
    [InlineData("smollm")]
    [InlineData("llama")]
    [InlineData("qwen2")]
    [InlineData("qwen3")]
    [InlineData("gpt2")]
    public void Converted_models_tokenize_as_transformers_does(string model)
    {
        var path = Goldens.Path($"gguf/models/{model}/{(model == "smollm" ? "vocabulary-only" : "model")}.gguf");
        var tokenizer = GgufTokenizer.Create(GgufMetadataReader.Read(path), path);
        var compared = 0;
        foreach (var line in File.ReadLines(Goldens.Path($"gguf/models/{model}/tokenizer.golden.jsonl")))
        {
            var record = JsonElement.Parse(line);
            var text = record.GetProperty("text").GetString()!;
            Assert.Equal(TokenizerGoldens.Ids(record, "transformers"), tokenizer.Encode(text, addSpecialTokens: false).Ids);
            Assert.Equal(TokenizerGoldens.Ids(record, "transformers_add_special"), tokenizer.Encode(text).Ids);
            compared++;
        }

        Assert.Equal(28, compared);
    }

    [Theory]
    [InlineData("tokenizer.ggml.model", "llama", "tokenizer.ggml.model \"llama\" is not supported")]
    [InlineData("tokenizer.ggml.pre", "nobody-knows", "tokenizer.ggml.pre \"nobody-knows\" is not supported")]
    [InlineData("tokenizer.ggml.tokens", 7, "tokenizer.ggml.tokens is of type Int32, expected a list of strings")]
    [InlineData("tokenizer.ggml.bos_token_id", 9u, "tokenizer.ggml.bos_token_id is 9, and the vocabulary has 3 tokens")]
    [InlineData("tokenizer.ggml.add_bos_token", "yes", "expected true or false")]
    [InlineData("tokenizer.ggml.merges", null, "tokenizer.ggml.merges is missing")]
    [InlineData("tokenizer.ggml.pre", null, "tokenizer.ggml.pre is missing")]
    public void A_wrong_key_is_named(string key, object? value, string message)
    {
        var metadata = new Dictionary<string, object>
        {
            ["tokenizer.ggml.model"] = "gpt2",
            ["tokenizer.ggml.pre"] = "gpt-2",
            ["tokenizer.ggml.tokens"] = new[] { "a", "b", "ab" },
            ["tokenizer.ggml.merges"] = new[] { "a b" },
            ["tokenizer.ggml.add_bos_token"] = true,
            ["tokenizer.ggml.bos_token_id"] = 0u,
        };
        Assert.Equal([0, 2], GgufTokenizer.Create(metadata, "model.gguf").Encode("ab").Ids);
        if (value is null) metadata.Remove(key);
        else metadata[key] = value;
        var error = Assert.Throws<AttuneException>(() => GgufTokenizer.Create(metadata, "model.gguf"));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("model.gguf: ", error.Message, StringComparison.Ordinal);
    }

    private static void CompareFamily(string family, ITokenizer tokenizer, bool addSpecialTokens)
    {
        var differences = new List<string>();
        var compared = 0;
        foreach (var record in TokenizerGoldens.Records($"{family}/encodings.jsonl.gz"))
        {
            var text = TokenizerGoldens.Texts[record.GetProperty("id").GetString()!].Text;
            var ids = tokenizer.Encode(text, addSpecialTokens).Ids;
            if (!TokenizerGoldens.Ids(record).SequenceEqual(ids)) differences.Add($"{TokenizerGoldens.Show(text)}: {string.Join(' ', ids)}");
            compared++;
        }

        TokenizerGoldens.AssertNone(differences, compared, 437);
    }

    private static Dictionary<string, object> Convert(string family, string pre)
    {
        using var json = JsonDocument.Parse(TokenizerGoldens.TokenizerBytes(family));
        var model = json.RootElement.GetProperty("model");
        var reference = TokenizerGoldens.Load(family);
        var tokens = Enumerable.Range(0, reference.VocabularySize).Select(id => reference.IdToToken(id) ?? $"[PAD{id}]").ToArray();
        var kinds = Enumerable.Repeat(1, tokens.Length).ToArray();
        foreach (var added in json.RootElement.GetProperty("added_tokens").EnumerateArray())
            kinds[reference.TokenToId(added.GetProperty("content").GetString()!)!.Value] = added.GetProperty("special").GetBoolean() ? 3 : 4;
        return new Dictionary<string, object>
        {
            ["tokenizer.ggml.model"] = "gpt2",
            ["tokenizer.ggml.pre"] = pre,
            ["tokenizer.ggml.tokens"] = tokens,
            ["tokenizer.ggml.token_type"] = kinds,
            ["tokenizer.ggml.bos_token_id"] = (uint)reference.Encode("").Ids.FirstOrDefault(),
            ["tokenizer.ggml.merges"] = model.GetProperty("merges").EnumerateArray().Select(merge =>
                merge.ValueKind == JsonValueKind.String ? merge.GetString()! : $"{merge[0].GetString()} {merge[1].GetString()}").ToArray(),
        };
    }
}
