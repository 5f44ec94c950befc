using System.Text.Json.Nodes;
using Attune.Text.Templates;

namespace Attune.Text.Tests.Templates;

public class ChatFormatTests
{
    private static readonly string[] Known =
    [
        "smollm2", "llama3", "qwen2_5", "qwen3", "qwen3_instruct_2507", "qwen3_5_think", "gemma", "gemma3", "phi3", "phi3_5", "cohere",
        "cohere2", "deepseekv3", "deepseek_r1_distill", "glm4moe", "gptoss", "lfm2", "nemotron_3_nano",
    ];

    // What the reference's marked versions count as the assistant's words and we do not: headers and line breaks.
    private static readonly string[] Headers = ["<｜Assistant｜>", "<｜tool▁outputs▁end｜>", "<|start|>assistant"];

    public static TheoryData<string> KnownNames => [.. Known];

    [Theory]
    [MemberData(nameof(KnownNames))]
    public void A_known_template_keeps_its_text_when_it_is_marked(string name)
    {
        var format = Format(name);
        Assert.Equal(SpanSource.KnownTemplate, format.Source);
        if (name == "glm4moe") return; // prints the token that ends the last turn, see below
        var mismatches = new List<string>();
        var count = 0;
        foreach (var (id, messages, tools) in GoldenChats.WholeConversations())
        {
            count++;
            var options = new RenderOptions { Variables = GoldenChats.Variables(name), Tools = tools, Now = GoldenRows.Now };
            var plain = GoldenRows.Outcome(() => format.Template.Render(messages, options));
            var marked = GoldenRows.Outcome(() => format.RenderForTraining(messages, tools));
            if (plain != marked) mismatches.Add($"{id}\n  plain  {plain}\n  marked {marked}");
        }

        GoldenRows.AssertAll(57, count, mismatches);
    }

    [Theory]
    [MemberData(nameof(KnownNames))]
    public void A_known_template_marks_the_words_that_the_reference_marks(string name)
    {
        var reference = Format(name switch
        {
            "smollm2" => "smollm2_generation",
            "phi3_5" => "phi3_training",
            _ => $"{name}_training",
        });
        Assert.Equal(SpanSource.Markers, reference.Source);
        var format = Format(name);
        var mismatches = new List<string>();
        var count = 0;
        foreach (var (id, messages, tools) in GoldenChats.WholeConversations())
        {
            if (TryRender(reference, messages, tools) is not { } theirs || TryRender(format, messages, tools) is not { } ours) continue;
            if (theirs.Text != ours.Text) continue; // their training versions keep reasoning that the originals drop
            count++;
            var expected = string.Join('|', Words(theirs).Select(words => WithoutHeader(words, name)).Where(words => words.Length > 0 && words != "<|endoftext|>"));
            var actual = string.Join('|', Words(ours));
            if (expected != actual) mismatches.Add($"{id}\n  expected {expected}\n  actual   {actual}");
        }

        Assert.True(count >= 15, $"only {count} conversations compared");
        GoldenRows.AssertAll(count, count, mismatches);
    }

    [Fact]
    public void The_own_template_of_SmolLM2_trains_the_words_and_the_end_of_turn()
    {
        var example = JsonNode.Parse(File.ReadAllText(Goldens.Path("training/smollm2_lora/example.json")))!;
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(Goldens.Model("smollm2-135m-instruct"), "tokenizer_config.json")))!;
        var format = ChatFormat.Create(
            ChatTemplate.Parse((string)config["chat_template"]!, "tokenizer_config.json"), new Dictionary<string, JsonNode?>());
        Assert.Equal(SpanSource.KnownTemplate, format.Source);
        var chat = format.RenderForTraining(example["messages"]!.AsArray());
        Assert.Equal((string)example["text"]!, chat.Text);
        Assert.Equal(["card arrival<|im_end|>"], Words(chat));
    }

    [Fact]
    public void Other_templates_find_spans_by_prefixes()
    {
        string[] byPrefixes =
        [
            "gemma4_v5", "hermes_2_pro", "kimi_k2", "llama2", "llama3_1", "llama3_2", "llama3_2_vision", "mistral_7b_v0_3",
            "mixtral_8x7b", "openchat_3_5", "zephyr_beta",
        ];
        var unmarked = GoldenChats.Names.Except(Known).Where(name => !GoldenChats.Template(name).HasGenerationMarkers);
        Assert.Equal(byPrefixes, unmarked.Order(StringComparer.Ordinal));
        foreach (var name in byPrefixes)
        {
            var format = Format(name);
            Assert.Equal((name, SpanSource.Prefixes), (name, format.Source));
            JsonArray? tools = name == "hermes_2_pro" ? [] : null;
            var chat = format.RenderForTraining(GoldenChats.Messages("multi_turn"), tools);
            var words = Words(chat);
            Assert.Equal(2, words.Count);
            Assert.All(words.Zip(["The capital of France is Paris.", "Rome."]), pair =>
            {
                // Kimi writes an empty thought first, Llama 2 a blank; all write a token that ends the turn.
                var at = pair.First.Replace("<think></think>", "").TrimStart();
                Assert.StartsWith(pair.Second, at);
                Assert.True(at.Length > pair.Second.Length, $"{name}: no end of turn in '{pair.First}'");
                Assert.False(char.IsWhiteSpace(pair.First[^1]));
            });
        }
    }

    [Theory]
    [InlineData("smollm2")]
    [InlineData("llama3")]
    [InlineData("qwen2_5")]
    [InlineData("qwen3_instruct_2507")]
    [InlineData("gemma")]
    [InlineData("cohere")]
    [InlineData("cohere2")]
    [InlineData("lfm2")]
    public void Prefixes_find_what_the_table_marks(string name)
    {
        var known = Format(name);
        // A comment changes the source, so that the table does not know it.
        var source = known.Template.Source + "{# changed #}";
        var prefixes = ChatFormat.Create(ChatTemplate.Parse(source, "changed"), GoldenChats.Variables(name), GoldenRows.Now);
        Assert.Equal(SpanSource.Prefixes, prefixes.Source);
        var count = 0;
        foreach (var (id, messages, tools) in GoldenChats.WholeConversations())
        {
            // The reference's template writes reasoning that prefixes cannot keep apart; whole rows are compared elsewhere.
            if (TryRender(known, messages, tools) is not { } expected || TryRender(prefixes, messages, tools) is not { } actual) continue;
            count++;
            Assert.Equal((id, string.Join('|', Words(expected))), (id, string.Join('|', Words(actual))));
        }

        Assert.True(count >= 20, $"only {count} conversations compared");
    }

    [Theory]
    [InlineData("{% for m in messages %}{{ m.role }}: {{ m.content }}{% if loop.last %}</s>{% endif %}{% endfor %}", "is not how the whole conversation begins")]
    [InlineData("{% for m in messages %}<{{ m.role }}>{{ m.content }}</s>{% endfor %}", "writes a header")]
    [InlineData("{% for m in messages %}{{ m.content }}\n{% endfor %}", "no token that ends")]
    [InlineData("{% for m in messages %}{{ m.content|upper }}</s>{% endfor %}", "does not print the assistant's words")]
    [InlineData("{{ raise_exception('never') }}", "refuses the conversation: never")]
    public void A_template_that_prefixes_cannot_serve_says_why(string source, string reason)
    {
        var format = ChatFormat.Create(ChatTemplate.Parse(source, "t.jinja"), new Dictionary<string, JsonNode?>());
        Assert.Equal(SpanSource.None, format.Source);
        Assert.Contains(reason, format.Explanation);
    }

    [Fact]
    public void A_conversation_whose_prefixes_disagree_is_told()
    {
        const string Source =
            "{% for m in messages %}{{ m.role }}: {{ m.content if loop.last else m.content|replace('secret', '') }}</s>{% endfor %}" +
            "{% if add_generation_prompt %}assistant: {% endif %}";
        var format = ChatFormat.Create(ChatTemplate.Parse(Source, "t.jinja"), new Dictionary<string, JsonNode?>());
        Assert.Equal(SpanSource.Prefixes, format.Source);
        JsonArray messages = [
            new JsonObject { ["role"] = "user", ["content"] = "a secret" },
            new JsonObject { ["role"] = "assistant", ["content"] = "b" },
        ];
        var e = Assert.Throws<AttuneException>(() => format.RenderForTraining(messages));
        Assert.Equal(ExitCode.Model, e.Code);
        Assert.Contains("t.jinja", e.Message);
        Assert.Contains("message 2", e.Message);
    }

    [Fact]
    public void Nested_marks_give_one_span()
    {
        var template = ChatTemplate.Parse("a{% generation %}b{% generation %}c{% endgeneration %}d{% endgeneration %}e", "t.jinja");
        var format = ChatFormat.Create(template, new Dictionary<string, JsonNode?>());
        Assert.Equal([(1, 4)], format.RenderForTraining([new JsonObject { ["role"] = "user" }]).GenerationSpans);
    }

    private static ChatFormat Format(string name) =>
        ChatFormat.Create(GoldenChats.Template(name), GoldenChats.Variables(name), GoldenRows.Now);

    private static RenderedChat? TryRender(ChatFormat format, JsonArray messages, JsonArray? tools)
    {
        try
        {
            return format.RenderForTraining(messages, tools);
        }
        catch (AttuneException)
        {
            return null;
        }
    }

    private static List<string> Words(RenderedChat chat) =>
        [.. chat.GenerationSpans.Select(span => chat.Text[span.Start..span.End])];

    private static string WithoutHeader(string words, string name)
    {
        string[] headers = name == "qwen2_5" ? ["\n"] : Headers;
        var header = headers.FirstOrDefault(header => words.StartsWith(header, StringComparison.Ordinal)) ?? "";
        return words[header.Length..].TrimEnd('\n');
    }
}
