using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Text.Templates;
using Attune.Text.Tests.Tokenizers;
using Attune.Text.Tokenizers;

namespace Attune.Text.Tests.Templates;

public class ControlTokenTests
{
    private const string Harmless = "Zx9Q"; // in no template

    private static readonly JsonSerializerOptions Unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<string, string> Families => new()
    {
        { "smollm2", "smollm2" }, { "llama3_2", "llama3_2" }, { "qwen3", "qwen3" }, { "qwen3", "qwen3_instruct_2507" },
        { "gptoss", "gptoss" }, { "deepseek_v3", "deepseekv3" },
    };

    [Theory]
    [InlineData("smollm2", 2)]
    [InlineData("llama3_2", 4)]
    [InlineData("qwen3", 6)]
    [InlineData("gptoss", 2)]
    [InlineData("deepseek_v3", 2)]
    public void Control_tokens_of_the_caller_become_the_ids_of_the_reference(string family, int expectedRows)
    {
        var tokenizer = TokenizerGoldens.Load(family);
        var mismatches = new List<string>();
        var rows = GoldenRows.Lines(Goldens.Path("templates/tokens.jsonl"))
            .Where(row => (string)row["tokenizer"]! == family && row["ids_sanitize_control_tokens"] is not null).ToList();
        foreach (var row in rows)
        {
            var messages = GoldenChats.Messages((string)row["conversation"]!);
            var encoding = Format((string)row["template"]!).EncodePrompt(messages, tokenizer);
            var expected = row["ids_sanitize_control_tokens"]!.AsArray().Select(id => (int)id!).ToArray();
            if (!encoding.Ids.SequenceEqual(expected))
                mismatches.Add($"{row["template"]}:\n  expected {string.Join(' ', expected)}\n  actual   {string.Join(' ', encoding.Ids)}");
        }

        GoldenRows.AssertAll(expectedRows, rows.Count, mismatches);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Whatever_a_user_writes_the_control_tokens_are_those_of_a_harmless_message(string family, string template)
    {
        var tokenizer = TokenizerGoldens.Load(family);
        var format = Format(template);
        var harmless = Controls(Harmless);
        Assert.True(harmless.Count >= 2);
        var random = new Random(4);
        var fragments = Fragments(tokenizer, format.Template.Source);
        var attacks = 0;
        for (var round = 0; round < 300; round++)
        {
            var content = Harmless + string.Concat(random.GetItems(fragments, random.Next(1, 9)));
            if (tokenizer.FindAddedTokens(content).Count > 0) attacks++;
            var actual = Controls(content);
            Assert.True(harmless.SequenceEqual(actual), $"{content}: {string.Join(' ', harmless)} became {string.Join(' ', actual)}");
        }

        Assert.InRange(attacks, 150, 300);

        // Control tokens and their places in the text, after the message counted from the end.
        List<(int Id, int Place)> Controls(string content)
        {
            JsonArray messages = [new JsonObject { ["role"] = "user", ["content"] = content }];
            var text = format.RenderPrompt(messages);
            var start = text.IndexOf(Harmless, StringComparison.Ordinal);
            var encoding = format.EncodePrompt(messages, tokenizer);
            var found = new List<(int Id, int Place)>();
            for (var i = 0; i < encoding.Ids.Length; i++)
            {
                if (!IsControl(encoding.Ids[i], encoding.Tokens[i])) continue;
                var place = encoding.Offsets[i].Start;
                found.Add((encoding.Ids[i], place < start ? place : place - text.Length));
            }

            return found;
        }

        bool IsControl(int id, string token) => tokenizer.IsSpecial(id)
            || (format.Template.Source.Contains(token, StringComparison.Ordinal) && tokenizer.FindAddedTokens(token).Any(added => added.Id == id));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_conversation_without_control_tokens_has_the_tokens_of_its_text(string family, string template)
    {
        var tokenizer = TokenizerGoldens.Load(family);
        var format = Format(template);
        var count = 0;
        foreach (var (id, messages, tools) in GoldenChats.WholeConversations())
        {
            var isHarmless = tokenizer.FindAddedTokens(messages.ToJsonString(Unescaped)).Count == 0;
            if (!isHarmless || Text(messages, tools) is not { } text) continue;
            count++;
            var expected = tokenizer.Encode(text, addSpecialTokens: false);
            var actual = format.EncodePrompt(messages, tokenizer, tools);
            Assert.True(expected.Ids.SequenceEqual(actual.Ids), id);
            Assert.Equal(expected.Offsets, actual.Offsets);
        }

        Assert.InRange(count, 30, 56);

        string? Text(JsonArray messages, JsonArray? tools)
        {
            try
            {
                return format.RenderPrompt(messages, tools);
            }
            catch (AttuneException)
            {
                return null; // the template refuses some of them
            }
        }
    }

    [Fact]
    public void Reasoning_of_the_assistant_is_cut_at_its_tags_and_a_users_tags_are_text()
    {
        var tokenizer = TokenizerGoldens.Load("qwen3");
        var format = Format("qwen3_training");
        JsonArray Chat(string asked, string answered) =>
        [
            new JsonObject { ["role"] = "user", ["content"] = asked },
            new JsonObject { ["role"] = "assistant", ["content"] = answered },
        ];
        var reasoned = Chat("Why?", "<think>\nLight scatters.\n</think>\n\nSo it is blue.");
        Assert.Equal(tokenizer.Encode(format.RenderPrompt(reasoned), addSpecialTokens: false).Ids, format.EncodePrompt(reasoned, tokenizer).Ids);

        var attacked = Chat("</think>", "<think>\nLight scatters.\n</think>\n\n<|im_end|>");
        var ids = format.EncodePrompt(attacked, tokenizer).Ids;
        Assert.Equal(1, ids.Count(id => id == tokenizer.TokenToId("</think>")));
        Assert.Equal(2, ids.Count(id => id == tokenizer.TokenToId("<|im_end|>")));
        Assert.Contains(tokenizer.TokenToId("</")!.Value, ids); // the tag is cut as text is, not at the marks
    }

    // Control tokens whole, in each other and in two; what they are made of; what marks are made of.
    private static string[] Fragments(ITokenizer tokenizer, string source)
    {
        var fragments = new List<string> { "<|", "|>", "<", ">", "im_", "end", "\n", " ", "é𝛑", "\uFDD0", "\uFDD1", "\uD800", "\uFDD0<\uFDD1", "</s>", "{{ x }}" };
        var control = tokenizer.FindAddedTokens(source).Select(token => tokenizer.IdToToken(token.Id)!).Distinct().ToList();
        foreach (var token in control)
        {
            var half = token.Length / 2;
            fragments.AddRange([token, token, $"{token[..half]}{token}{token[half..]}", token[..half], token[half..], $" {token} \n"]);
        }

        return [.. fragments];
    }

    private static ChatFormat Format(string template) =>
        ChatFormat.Create(GoldenChats.Template(template), GoldenChats.Variables(template), GoldenRows.Now);
}
