using Attune.Cli.Terminal;
using Attune.Data;
using Attune.Data.Formats;
using Attune.Data.Preparation;
using Attune.Data.Preview;
using Attune.Data.Selection;
using Attune.Data.Sources;
using Attune.Text.Templates;

namespace Attune.Cli.Tests.Screens;

public class PreviewScreenTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Labels_are_marked_and_markup_in_rows_is_text(bool colours)
    {
        using var terminal = new FakeTerminal(100, colours);
        PreviewScreen.Write(terminal.Console, Preview);
        Snapshot.Matches(colours ? "preview-colour" : "preview-plain", terminal.Take());
    }

    private static DataPreview Preview { get; } = new(
        new RowMapping(
            RowFormat.PromptCompletion, "detected from the columns",
            [new MappedColumn("prompt", "question", "data.columns"), new MappedColumn("completion", "answer", "its name")],
            ["id", "[source]"], ["the first line is a header"]),
        SpanSource.Prefixes,
        "The assistant's words are found by rendering prefixes.",
        [
            new PreviewPart("train", 1200, 96_000, 24_000, 3, 1, new Dictionary<string, int>(), LengthStatistics.Of([20, 30, 40, 80, 220])),
            new PreviewPart("test", 0, 0, 0, 0, 0, new Dictionary<string, int> { ["[a]"] = 2, ["b"] = 1 }, null),
        ],
        [
            new PreviewRow(
                new Example([1, 2, 3, 4], [-100, -100, 3, 4], new RowOrigin("qa.jsonl", 7), null, 4),
                [new("[INST]", 1, false), new(" Why?", 2, false), new(" [because]", 3, true), new("</s>", 4, true)]),
        ],
        [new Overlap("test", "train", 2, [new RowPair(new RowOrigin("test.jsonl", 3), new RowOrigin("qa.jsonl", 9))])],
        [
            new Finding("truncated", Stops: false, "rows were cut at 128 tokens", "Raise max_sequence_length.", 3, new RowOrigin("qa.jsonl", 12)),
            new Finding("double_bos", Stops: true, "BOS stands twice at the start", "Take it out of the template, or --allow double_bos."),
        ]);
}
