using System.Text.Json.Nodes;
using Attune.Data.Formats;
using Attune.Data.Preparation;
using Attune.Data.Preview;
using Attune.Data.Sources;
using Attune.Text.Templates;

namespace Attune.Data.Tests.Preparation;

public class ChatFindingsTests
{
    private const string Turn = "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' }}{% if m.role == 'assistant' %}{% generation %}{{ m.content + '<|im_end|>' }}{% endgeneration %}{% else %}{{ m.content + '<|im_end|>' }}{% endif %}{{ '\n' }}{% endfor %}";

    [Fact]
    public void A_sound_template_finds_nothing_and_the_preview_says_where_spans_come_from()
    {
        var preparer = Preparer(Turn);
        var data = DataPreparation.Prepare(DataPreparationTests.Sets(Row("Hi", "Hello")), preparer, BadRows.Stop);
        Assert.Empty(data.Findings);
        var preview = DataPreview.Of(data, preparer);
        Assert.Equal(SpanSource.Markers, preview.Spans);
        Assert.Equal("Hello<|im_end|>", string.Concat(preview.Rows[0].Tokens.Where(token => token.IsLabel).Select(token => token.Text)));
    }

    [Fact]
    public void Template_tokens_that_the_vocabulary_lacks_are_named()
    {
        var names = Findings(Turn.Replace("<|im_start|>", "<|start_header_id|>"), Row("I wrote <|mine|>.", "Hello"), out var findings);
        Assert.Equal([FindingNames.UnknownTemplateTokens], names);
        Assert.Contains("<|start_header_id|>", findings[0].What);
        Assert.DoesNotContain("<|mine|>", findings[0].What);
    }

    [Fact]
    public void An_end_of_turn_without_a_label_is_found() => Assert.Equal(
        [FindingNames.EndOfTurnNotLearned],
        Findings(Turn.Replace("m.content + '<|im_end|>' }}{% endgeneration %}", "m.content }}{% endgeneration %}{{ '<|im_end|>' }}"), Row("Hi", "Hello"), out _));

    [Fact]
    public void A_line_break_within_the_labels_after_the_end_of_turn_is_no_finding() => Assert.Empty(
        Findings(Turn.Replace("m.content + '<|im_end|>' }}{% endgeneration %}", "m.content + '<|im_end|>\n' }}{% endgeneration %}"), Row("Hi", "Hello"), out _));

    [Fact]
    public void A_second_BOS_is_found() => Assert.Equal([FindingNames.DoubleBos], Findings("{{ bos_token }}" + Turn, Row("Hi", "Hello"), out _));

    [Fact]
    public void Tool_calls_that_the_template_leaves_out_are_found()
    {
        var row = Row("Hi", "Hello");
        ((ChatContent)row.Content).Messages[1]!["tool_calls"] = new JsonArray(new JsonObject { ["function"] = new JsonObject { ["name"] = "look_up" } });
        Assert.Equal([FindingNames.ToolCallsLost], Findings(Turn, row, out _));
    }

    [Fact]
    public void A_template_whose_spans_cannot_be_found_stops_unless_everything_is_trained()
    {
        // Every turn is rendered from the last message backwards: no prefix of the text belongs to a prefix of the conversation.
        const string backwards = "{% for m in messages | reverse %}{{ m.role + ': ' + m.content + '<|im_end|>\n' }}{% endfor %}";
        var names = Findings(backwards, Row("Hi", "Hello"), out var findings);
        Assert.Equal([FindingNames.NoAssistantMask], names);
        Assert.True(findings[0].Stops);
        var all = new RowPreparer(SmolLM2.Tokenizer, SmolLM2.Format(backwards), SmolLM2.Options with { TrainOn = TrainOn.All });
        var data = DataPreparation.Prepare(DataPreparationTests.Sets(Row("Hi", "Hello")), all, BadRows.Stop);
        Assert.Empty(data.Findings);
        Assert.Equal(data.Train.Examples[0].TokenIds, data.Train.Examples[0].Labels);
    }

    [Fact]
    public void A_conversation_that_the_template_refuses_is_a_malformed_row()
    {
        var refusing = "{% if messages | length > 2 %}{{ raise_exception('too long') }}{% endif %}" + Turn;
        var row = Row("Hi", "Hello");
        ((ChatContent)row.Content).Messages.Add(new JsonObject { ["role"] = "user", ["content"] = "More" });
        var e = Assert.Throws<AttuneException>(() => DataPreparation.Prepare(DataPreparationTests.Sets(row), Preparer(refusing), BadRows.Stop));
        Assert.Equal(ExitCode.Data, e.Code);
        Assert.Contains("f line 1: the template refuses the conversation", e.Message);
        Assert.Contains("too long", e.Message);
    }

    private static List<string> Findings(string template, DataRow row, out IReadOnlyList<Finding> findings)
    {
        findings = DataPreparation.Prepare(DataPreparationTests.Sets(row), Preparer(template), BadRows.Stop).Findings;
        return [.. findings.Select(finding => finding.Name)];
    }

    private static RowPreparer Preparer(string template) => new(SmolLM2.Tokenizer, SmolLM2.Format(template), SmolLM2.Options);

    private static DataRow Row(string user, string assistant) => new(new RowOrigin("f", 1), new ChatContent(
    [
        new JsonObject { ["role"] = "user", ["content"] = user },
        new JsonObject { ["role"] = "assistant", ["content"] = assistant },
    ]));
}
