using System.Text.Json.Nodes;
using Attune.Data.Corpus;
using Attune.Evaluation.Texts;
using Attune.Text.Tokenizers;

namespace Attune.Evaluation.Tests.Texts;

public sealed class TextSampleTests
{
    private static readonly string Folder = Path.Combine(Checkout.Root, "recipes/tiny/model");
    private static readonly ITokenizer Tokenizer = TokenizerJson.Load(Path.Combine(Folder, "tokenizer.json"));

    [Theory]
    [InlineData("Where is my lamp?")]
    [InlineData("Größe: 4 €\n\n  two\n")]
    [InlineData("🎉🎉 to-day")]
    [InlineData("<|im_end|> is text here")]
    public void The_first_token_is_read_only_and_bytes_are_those_of_the_others(string text)
    {
        var document = new Document(text, "here", default);
        var ids = Tokenizer.Encode(text, addSpecialTokens: false, parseSpecialTokens: false);
        var with = TextSample.Of(document, Tokenizer, startId: 1);
        Assert.Equal([1, .. ids.Ids], with.Ids);
        Assert.Equal((ids.Ids.Length, System.Text.Encoding.UTF8.GetByteCount(text), "here"), (with.Tokens, with.Bytes, with.Source));

        var without = TextSample.Of(document, Tokenizer, startId: null);
        Assert.Equal(ids.Ids, without.Ids);
        Assert.Equal(ids.Ids.Length - 1, without.Tokens);
        Assert.Equal(System.Text.Encoding.UTF8.GetByteCount(text[ids.Offsets[0].End..]), without.Bytes);
    }

    [Fact]
    public void The_start_token_is_what_the_tokenizer_puts_before_a_text()
    {
        Assert.Null(StartToken.Of(Tokenizer, new TokenizerConfig()));
        Assert.Null(StartToken.Of(Tokenizer, Config(add: null)));
        Assert.Null(StartToken.Of(Tokenizer, Config(add: false)));
        Assert.Equal(Tokenizer.TokenToId("a"), StartToken.Of(Tokenizer, Config(add: true)));
        Assert.Equal(2, StartToken.Of(Framed(first: 2, last: null), new TokenizerConfig()));
        Assert.Equal(2, StartToken.Of(Framed(first: 2, last: 2), Config(add: true)));
        Assert.Null(StartToken.Of(Framed(first: null, last: 2), new TokenizerConfig())); // only an end

        static TokenizerConfig Config(bool? add) => new() { SpecialTokens = new Dictionary<string, string> { ["bos_token"] = "a" }, AddBosToken = add };
    }

    private static ITokenizer Framed(int? first, int? last)
    {
        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "tokenizer.json")))!;
        JsonObject? Special(int? id) => id is null ? null : new JsonObject { ["SpecialToken"] = new JsonObject { ["id"] = "x", ["type_id"] = 0 } };
        json["post_processor"] = new JsonObject
        {
            ["type"] = "TemplateProcessing",
            ["single"] = new JsonArray([.. new[] { Special(first), new JsonObject { ["Sequence"] = new JsonObject { ["id"] = "A", ["type_id"] = 0 } }, Special(last) }.Where(piece => piece is not null)]),
            ["pair"] = new JsonArray([.. "AB".Select(name => (JsonNode)new JsonObject { ["Sequence"] = new JsonObject { ["id"] = name.ToString(), ["type_id"] = 0 } })]),
            ["special_tokens"] = new JsonObject { ["x"] = new JsonObject { ["id"] = "x", ["ids"] = new JsonArray(first ?? last ?? 0), ["tokens"] = new JsonArray("x") } },
        };
        return TokenizerJson.Parse(System.Text.Encoding.UTF8.GetBytes(json.ToJsonString()), "tokenizer.json");
    }
}
