using System.Text.Json.Nodes;
using Attune.Data.Formats;
using Attune.Data.Sources;

namespace Attune.Data.Tests.Formats;

public class FormatDetectionTests
{
    [Theory]
    [InlineData("{\"instruction\": \"a\", \"input\": \"\", \"output\": \"b\"}", RowFormat.Instruction, "instruction=instruction input=input output=output")]
    [InlineData("{\"instruction\": \"a\", \"response\": \"b\"}", RowFormat.Instruction, "instruction=instruction output=response")]
    [InlineData("{\"instruction\": \"a\", \"instances\": [{\"input\": \"\", \"output\": \"b\"}]}", RowFormat.Instruction, "instruction=instruction instances=instances")]
    [InlineData("{\"prompt\": \"a\", \"completion\": \"b\"}", RowFormat.PromptCompletion, "prompt=prompt completion=completion")]
    [InlineData("{\"question\": \"a\", \"answer\": \"b\"}", RowFormat.PromptCompletion, "prompt=question completion=answer")]
    [InlineData("{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}], \"label\": true}", RowFormat.Messages, "messages=messages")]
    [InlineData("{\"conversations\": [{\"from\": \"human\", \"value\": \"a\"}], \"tools\": \"[]\"}", RowFormat.ShareGpt, "messages=conversations tools=tools")]
    [InlineData("{\"conversations\": [{\"role\": \"user\", \"content\": \"a\"}]}", RowFormat.Messages, "messages=conversations")]
    [InlineData("{\"text\": \"a\", \"label\": \"b\"}", RowFormat.Classification, "text=text label=label")]
    [InlineData("{\"Utterance\": \"a\", \"Intent\": \"b\", \"category\": \"c\"}", RowFormat.Classification, "text=Utterance label=Intent")]
    [InlineData("{\"text\": \"a\", \"src\": \"b\"}", RowFormat.Text, "text=text")]
    [InlineData("{\"input_ids\": [1], \"labels\": [1], \"text\": \"a\"}", RowFormat.Tokens, "input_ids=input_ids labels=labels")]
    public void The_format_is_detected_from_the_columns(string row, RowFormat format, string mapping)
    {
        var found = FormatDetection.Detect(Table(row), new DataOptions());
        Assert.Equal(format, found.Format);
        Assert.Equal(mapping, string.Join(' ', found.Columns.Select(column => $"{column.Role}={column.Column}")));
    }

    [Fact]
    public void The_mapping_says_why_and_what_else_would_fit()
    {
        var found = FormatDetection.Detect(Table("{\"text\": \"a\", \"intent\": \"b\", \"category\": \"c\", \"n\": 1}"), new DataOptions());
        Assert.Equal("its name; category would fit too (data.columns)", found.Columns.Single(column => column.Role == "label").Why);
        Assert.Equal(["category", "n"], found.Unused);
    }

    [Fact]
    public void Named_columns_go_first()
    {
        var options = new DataOptions { Columns = new Dictionary<string, string> { ["prompt"] = "goal", ["completion"] = "target" } };
        var found = FormatDetection.Detect(Table("{\"goal\": \"a\", \"target\": \"b\"}"), options);
        Assert.Equal(RowFormat.PromptCompletion, found.Format);
        Assert.All(found.Columns, column => Assert.Equal("data.columns", column.Why));
    }

    [Fact]
    public void A_wrong_column_is_answered_with_the_nearest_and_the_list()
    {
        var options = new DataOptions { Columns = new Dictionary<string, string> { ["label"] = "categori" } };
        var e = Assert.Throws<AttuneException>(() => FormatDetection.Detect(Table("{\"text\": \"a\", \"category\": \"b\"}"), options));
        Assert.Equal(ExitCode.Data, e.Code);
        Assert.Contains("has no column 'categori' (data.columns.label); did you mean 'category'?", e.Message);
        Assert.Contains("text, category", e.Hint);
    }

    [Fact]
    public void A_wrong_role_is_answered_with_the_nearest_and_the_list()
    {
        var options = new DataOptions { Columns = new Dictionary<string, string> { ["lable"] = "category" } };
        var e = Assert.Throws<AttuneException>(() => FormatDetection.Detect(Table("{\"text\": \"a\", \"category\": \"b\"}"), options));
        Assert.Equal(ExitCode.Recipe, e.Code);
        Assert.Contains("no role 'lable'; did you mean 'label'", e.Message);
        Assert.Contains("completion", e.Hint);
    }

    [Fact]
    public void Columns_that_fit_nothing_are_listed_with_an_example()
    {
        var e = Assert.Throws<AttuneException>(() => FormatDetection.Detect(Table("{\"goal\": \"a\", \"target\": \"b\"}"), new DataOptions()));
        Assert.Contains("no row format fits its columns (goal, target)", e.Message);
        Assert.Contains("data.columns", e.Hint);
    }

    [Fact]
    public void A_format_that_lacks_a_column_names_it()
    {
        var options = new DataOptions { Format = RowFormat.PromptCompletion };
        var e = Assert.Throws<AttuneException>(() => FormatDetection.Detect(Table("{\"prompt\": \"a\", \"other\": \"b\"}"), options));
        Assert.Contains("no column for 'completion', which format prompt_completion needs", e.Message);
    }

    [Fact]
    public void Preferences_are_refused_with_a_way_out()
    {
        var row = "{\"conversations\": [{\"from\": \"human\", \"value\": \"a\"}], \"chosen\": {\"from\": \"gpt\", \"value\": \"b\"}, \"rejected\": {\"from\": \"gpt\", \"value\": \"c\"}}";
        Assert.Contains("preferences", Assert.Throws<AttuneException>(() => FormatDetection.Detect(Table(row), new DataOptions())).Message);
        var options = new DataOptions
        {
            Format = RowFormat.PromptCompletion,
            Columns = new Dictionary<string, string> { ["prompt"] = "conversations", ["completion"] = "chosen" },
        };
        var table = Table(row);
        var chat = (ChatContent)new RowReader(FormatDetection.Detect(table, options), options, new BadRowLog(BadRows.Stop)).Read(table.Rows)[0].Content;
        Assert.Equal((2, 1), (chat.Messages.Count, chat.ContextMessages));
        Assert.Equal("b", (string?)chat.Messages[1]!["content"]);
    }

    [Fact]
    public void Two_columns_without_names_are_told_apart_by_their_values()
    {
        var rows = Enumerable.Range(0, 40).Select(i => $"{{\"0\": \"{(i % 3 == 0 ? "spam" : "ham")}\", \"1\": \"message {i}\"}}").ToArray();
        var found = FormatDetection.Detect(Table(rows), new DataOptions());
        Assert.Equal(("1", "0"), (found.Column("text"), found.Column("label")));
        Assert.Equal("2 values in 40 rows", found.Columns[1].Why);
    }

    internal static SourceTable Table(params string[] rows) => SourceTable.Of("rows.jsonl",
        [.. rows.Select((row, i) => new SourceRow(new RowOrigin("rows.jsonl", i + 1), (JsonObject)JsonNode.Parse(row)!))]);
}
