using Attune.Data.Formats;
using Attune.Data.Sources;

namespace Attune.Data.Tests.Formats;

public class RowReaderTests
{
    [Theory]
    [InlineData("{\"instruction\": \"Add.\", \"input\": \"1 1\", \"output\": \"2\"}", """[{"role":"user","content":"Add.\n\n1 1"},{"role":"assistant","content":"2"}]""")]
    [InlineData("{\"instruction\": \"Hi\", \"input\": \"\", \"output\": \"Ho\", \"system\": \"S\"}", """[{"role":"system","content":"S"},{"role":"user","content":"Hi"},{"role":"assistant","content":"Ho"}]""")]
    [InlineData("{\"conversations\": [{\"from\": \"human\", \"value\": \"a\"}, {\"from\": \"function_call\", \"value\": \"{\\\"name\\\": \\\"f\\\", \\\"arguments\\\": {\\\"x\\\": 1}}\"}, {\"from\": \"observation\", \"value\": \"b\"}, {\"from\": \"gpt\", \"value\": \"c\"}]}",
        """[{"role":"user","content":"a"},{"role":"assistant","content":"","tool_calls":[{"type":"function","function":{"name":"f","arguments":{"x":1}}}]},{"role":"tool","content":"b"},{"role":"assistant","content":"c"}]""")]
    [InlineData("{\"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"text\", \"text\": \"a\"}, {\"type\": \"text\", \"text\": \"b\"}], \"name\": \"n\"}]}",
        """[{"role":"user","content":"ab","name":"n"}]""")]
    [InlineData("{\"messages\": [{\"role\": \"assistant\", \"content\": null, \"tool_calls\": [{\"function\": {\"name\": \"f\", \"arguments\": \"{\\\"x\\\": 1}\"}}]}]}",
        """[{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":{"x":1}}}]}]""")]
    public void Rows_become_conversations(string row, string messages) =>
        Assert.Equal(messages, ((ChatContent)One(row).Content).Messages.ToJsonString());

    [Fact]
    public void A_label_task_becomes_a_chat_row()
    {
        var row = One("{\"text\": \"Win!\", \"label\": \"spam\"}", new DataOptions { Prompt = "Spam or ham?\n\n{text}", System = "Be brief." });
        Assert.Equal("spam", row.Label);
        Assert.Equal(
            """[{"role":"system","content":"Be brief."},{"role":"user","content":"Spam or ham?\n\nWin!"},{"role":"assistant","content":"spam"}]""",
            ((ChatContent)row.Content).Messages.ToJsonString());
    }

    [Theory]
    [InlineData("3", "3")]
    [InlineData("true", "true")]
    [InlineData("\"x y\"", "x y")]
    public void Labels_may_be_texts_whole_numbers_and_truth_values(string json, string label) =>
        Assert.Equal(label, One($"{{\"text\": \"a\", \"label\": {json}}}", new DataOptions { Prompt = "{text}" }).Label);

    [Fact]
    public void Nested_instances_become_rows_of_their_own()
    {
        var rows = Read("{\"instruction\": \"I\", \"instances\": [{\"input\": \"\", \"output\": \"a\"}, {\"input\": \"x\", \"output\": \"b\"}]}", new DataOptions());
        Assert.Equal(2, rows.Count);
        Assert.Equal("I\n\nx", (string?)((ChatContent)rows[1].Content).Messages[0]!["content"]);
    }

    [Fact]
    public void Tools_are_read_from_a_string_and_brought_into_one_form()
    {
        var row = One("{\"conversations\": [{\"from\": \"human\", \"value\": \"a\"}], \"tools\": \"[{\\\"name\\\": \\\"f\\\"}]\"}");
        Assert.Equal("""[{"type":"function","function":{"name":"f"}}]""", ((ChatContent)row.Content).Tools!.ToJsonString());
    }

    [Fact]
    public void Context_messages_count_the_system_message_put_before_them()
    {
        var row = One(
            "{\"prompt\": [{\"role\": \"user\", \"content\": \"a\"}], \"completion\": [{\"role\": \"assistant\", \"content\": \"b\"}]}",
            new DataOptions { System = "S" });
        Assert.Equal((3, 2), (((ChatContent)row.Content).Messages.Count, ((ChatContent)row.Content).ContextMessages));
    }

    [Theory]
    [InlineData("{\"input_ids\": [1, 2, 3]}", "1 2 3")]
    [InlineData("{\"input_ids\": [1, 2, 3], \"labels\": [-100, 2, -100]}", "-100 2 -100")]
    [InlineData("{\"input_ids\": [1, 2, 3], \"completion_mask\": [0, 1, 1]}", "-100 2 3")]
    [InlineData("{\"input_ids\": [1, 2, 3], \"completion_mask\": [0, 1, 1], \"assistant_masks\": [1, 0, 1]}", "-100 -100 3")]
    public void Token_rows_keep_their_labels_and_obey_every_mask(string row, string labels) =>
        Assert.Equal(labels, string.Join(' ', ((TokenContent)One(row).Content).Labels));

    [Theory]
    [InlineData("{\"text\": \"a\", \"label\": \"b\"}", "{\"text\": \"a\"}", "column 'label' is missing")]
    [InlineData("{\"text\": \"a\", \"label\": \"b\"}", "{\"text\": null, \"label\": \"b\"}", "column 'text' is null")]
    [InlineData("{\"text\": \"a\", \"label\": \"b\"}", "{\"text\": 3, \"label\": \"b\"}", "column 'text' is not text")]
    [InlineData("{\"text\": \"a\", \"label\": \"b\"}", "{\"text\": \" \", \"label\": \"b\"}", "column 'text' is empty")]
    [InlineData("{\"text\": \"a\", \"label\": \"b\"}", "{\"text\": \"a\", \"label\": \"\"}", "column 'label' is empty")]
    [InlineData("{\"text\": \"a\", \"label\": \"b\"}", "{\"text\": \"a\", \"label\": [1]}", "is not a label")]
    [InlineData("{\"input_ids\": [1, 2], \"labels\": [1, 2]}", "{\"input_ids\": [1, 2], \"labels\": [1]}", "labels has 1 entries, input_ids has 2")]
    [InlineData("{\"input_ids\": [1, 2], \"labels\": [1, 2]}", "{\"input_ids\": [1, 2], \"labels\": [2, -100]}", "label 1 is 2")]
    [InlineData("{\"input_ids\": [1]}", "{\"input_ids\": [1.5]}", "not a whole number")]
    [InlineData("{\"input_ids\": [1]}", "{\"input_ids\": []}", "input_ids is empty")]
    [InlineData("{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}]}", "{\"messages\": []}", "holds no message")]
    [InlineData("{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}]}", "{\"messages\": [{\"content\": \"a\"}]}", "message 1 has no role")]
    [InlineData("{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}]}", "{\"messages\": [{\"role\": \"user\"}]}", "message 1 (user) has no content")]
    [InlineData("{\"conversations\": [{\"from\": \"human\", \"value\": \"a\"}]}", "{\"conversations\": [{\"from\": \"alien\", \"value\": \"a\"}]}", "speaker 'alien' is unknown")]
    [InlineData("{\"prompt\": \"a\", \"completion\": \"b\"}", "{\"prompt\": \"a\", \"completion\": [{\"role\": \"assistant\", \"content\": \"b\"}]}", "both be texts")]
    public void A_malformed_row_is_named_by_line_and_reason(string good, string wrong, string reason)
    {
        var options = new DataOptions { Prompt = good.Contains("\"label\"") ? "{text}" : null };
        var table = FormatDetectionTests.Table(good, wrong, good);
        var mapping = FormatDetection.Detect(table, options);
        var e = Assert.Throws<AttuneException>(() => new RowReader(mapping, options, new BadRowLog(BadRows.Stop)).Read(table.Rows));
        Assert.StartsWith("rows.jsonl line 2: ", e.Message);
        Assert.Contains(reason, e.Message);
        var bad = new BadRowLog(BadRows.Skip);
        Assert.Equal(2, new RowReader(mapping, options, bad).Read(table.Rows).Count);
        Assert.Equal(2, Assert.Single(bad.Rows).Line);
    }

    [Theory]
    [InlineData("{\"text\": \"a\", \"label\": \"b\"}", null, "data.prompt is not set")]
    [InlineData("{\"text\": \"a\", \"label\": \"b\"}", "Spam?", "has no {text}")]
    [InlineData("{\"prompt\": \"a\", \"completion\": \"b\"}", "{text}", "data.prompt is set")]
    public void The_prompt_of_a_label_task_is_checked(string row, string? prompt, string message)
    {
        var e = Assert.Throws<AttuneException>(() => One(row, new DataOptions { Prompt = prompt }));
        Assert.Equal(ExitCode.Recipe, e.Code);
        Assert.Contains(message, e.Message);
    }

    private static DataRow One(string row, DataOptions? options = null) => Assert.Single(Read(row, options ?? new DataOptions()));

    private static IReadOnlyList<DataRow> Read(string row, DataOptions options)
    {
        var table = FormatDetectionTests.Table(row);
        return new RowReader(FormatDetection.Detect(table, options), options, new BadRowLog(BadRows.Stop)).Read(table.Rows);
    }
}
