using Attune.Data.Formats;
using Attune.Data.Preparation;
using Attune.Data.Selection;
using Attune.Data.Sources;

namespace Attune.Data.Tests.Preparation;

public class DataPreparationTests
{
    private static readonly RowMapping Mapping = new(RowFormat.Text, "test", [], [], []);

    [Fact]
    public void Cut_rows_are_counted_and_rows_left_without_a_label_are_dropped_with_the_reason()
    {
        var data = Prepare(
            [Pair(1, "The sky is", " blue."), Pair(2, "one two three four five six", " seven"), Pair(3, "a b", " c d e f g h")],
            SmolLM2.Options with { MaxSequenceLength = 6 });
        Assert.Equal([1, 3], data.Train.Examples.Select(example => example.Origin.Line));
        Assert.Equal((2, 1), (Assert.Single(data.Train.Dropped).Line, data.Train.Truncated));
        Assert.Equal("no label is left after cutting 8 tokens to 6", data.Train.Dropped[0].Reason);
        Assert.Equal([FindingNames.RowsWithoutLabel, FindingNames.TruncatedRows], data.Findings.Select(finding => finding.Name));
        Assert.All(data.Findings, finding => Assert.False(finding.Stops));
    }

    [Fact]
    public void A_part_without_any_label_stops()
    {
        var data = Prepare([Pair(4, "one two three", " four")], SmolLM2.Options with { MaxSequenceLength = 2 });
        var finding = Assert.Single(data.Findings);
        Assert.Equal((FindingNames.NoLabelLeft, true, 4), (finding.Name, finding.Stops, finding.First!.Value.Line));
        Assert.Contains("max_sequence_length", finding.Change);
    }

    [Fact]
    public void A_label_at_the_first_position_never_counts()
    {
        var data = Prepare([Text(1, ""), Text(2, "Hello")], SmolLM2.Options);
        Assert.Contains("first token, which nothing predicts", Assert.Single(data.Train.Dropped).Reason);
        Assert.Equal(1, Assert.Single(data.Train.Examples).LabelTokens);
    }

    [Theory]
    [InlineData(new[] { 19556, 905, 2 }, new[] { -100, 905, -100 }, FindingNames.EosMasked)]
    [InlineData(new[] { 19556, 905, 2, 2 }, new[] { -100, 905, 2, -100 }, null)]
    [InlineData(new[] { 19556, 905 }, new[] { -100, 905 }, null)]
    [InlineData(new[] { 1, 1, 905, 2 }, new[] { -100, -100, 905, 2 }, FindingNames.DoubleBos)]
    public void Token_rows_that_would_silently_fail_are_found(int[] ids, int[] labels, string? name)
    {
        var data = Prepare([new DataRow(new RowOrigin("f", 9), new TokenContent(ids, labels))], SmolLM2.Options);
        Assert.Equal(name is null ? [] : [name], data.Findings.Where(finding => finding.Stops).Select(finding => finding.Name));
        if (name is not null) Assert.Equal((1, 9), (data.Findings[0].Rows, data.Findings[0].First!.Value.Line));
    }

    [Fact]
    public void A_token_outside_the_vocabulary_is_a_malformed_row()
    {
        DataRow row = new(new RowOrigin("f", 9), new TokenContent([5, 49152], [5, 49152]));
        Assert.Contains("f line 9: token id 49152 is outside", Assert.Throws<AttuneException>(() => Prepare([row], SmolLM2.Options)).Message);
        var data = Prepare([row, Text(1, "Hello")], SmolLM2.Options, BadRows.Skip);
        Assert.Equal([FindingNames.BadRows], data.Findings.Select(finding => finding.Name));
    }

    [Theory]
    [InlineData(null, "no EOS token")]
    [InlineData("</s>", "'</s>' is not in the vocabulary")]
    public void Texts_that_could_not_end_are_found(string? eos, string what)
    {
        var finding = Prepare([Text(1, "Hello world")], SmolLM2.Options with { EosToken = eos }).Findings[0];
        Assert.Equal((FindingNames.NoEosToken, true), (finding.Name, finding.Stops));
        Assert.Contains(what, finding.What);
    }

    [Fact]
    public void A_conversation_without_a_template_is_a_clear_error()
    {
        DataRow row = new(new RowOrigin("f", 3), new ChatContent([new System.Text.Json.Nodes.JsonObject { ["role"] = "user", ["content"] = "a" }]));
        var e = Assert.Throws<AttuneException>(() => Prepare([row], SmolLM2.Options));
        Assert.Equal(ExitCode.Model, e.Code);
        Assert.Contains("no chat template", e.Message);
    }

    [Fact]
    public void Rows_that_leak_and_labels_never_trained_are_told()
    {
        var train = new DataPart("train", [Text(1, "a b") with { Label = "x" }]);
        var test = new DataPart("test", [Text(2, "a b") with { Label = "x" }, Text(3, "c d") with { Label = "y" }]);
        var sets = new DataSets(train, null, test, Mapping, ["x"], [], [], Duplicates.Count([train, test]));
        var data = DataPreparation.Prepare(sets, new RowPreparer(SmolLM2.Tokenizer, null, SmolLM2.Options), BadRows.Stop);
        Assert.Equal([FindingNames.LeakedRows, FindingNames.UnseenLabels], data.Findings.Select(finding => finding.Name));
    }

    internal static DataSets Sets(params DataRow[] rows) => new(new DataPart("train", rows), null, null, Mapping, [], [], [], []);

    private static PreparedData Prepare(DataRow[] rows, PreparationOptions options, BadRows bad = BadRows.Stop) =>
        DataPreparation.Prepare(Sets(rows), new RowPreparer(SmolLM2.Tokenizer, null, options), bad);

    private static DataRow Pair(int line, string prompt, string completion) => new(new RowOrigin("f", line), new PairContent(prompt, completion));

    private static DataRow Text(int line, string text) => new(new RowOrigin("f", line), new TextContent(text));
}
