using System.Text.Json.Nodes;
using Attune.Text.Templates;

namespace Attune.Text.Tests.Templates;

public class ChatTemplateTests
{
    [Fact]
    public void Conversations_render_or_fail_as_with_apply_chat_template()
    {
        var mismatches = new List<string>();
        var rows = GoldenRows.Lines(Goldens.Path("templates/rendered.jsonl"));
        foreach (var row in rows)
        {
            var actual = GoldenRows.Outcome(() => GoldenChats.Render(row));
            var expected = GoldenRows.Expected(row, "rendered");
            if (actual != expected)
                mismatches.Add($"{row["template"]} × {row["conversation"]}\n  expected {expected}\n  actual   {actual}");
        }

        GoldenRows.AssertAll(2736, rows.Count, mismatches);
    }

    [Fact]
    public void Spans_of_generation_blocks_are_those_of_the_reference()
    {
        var mismatches = new List<string>();
        var rows = GoldenRows.Lines(Goldens.Path("templates/rendered.jsonl")).Where(row => row["generation_spans"] is not null).ToList();
        foreach (var row in rows)
        {
            var actual = GoldenRows.SpansInCodePoints(GoldenChats.Render(row));
            var expected = GoldenRows.Spans(row["generation_spans"]!);
            if (actual != expected)
                mismatches.Add($"{row["template"]} × {row["conversation"]}\n  expected {expected}\n  actual   {actual}");
        }

        GoldenRows.AssertAll(786, rows.Count, mismatches);
    }

    [Fact]
    public void Errors_of_the_conversation_have_the_words_of_apply_chat_template()
    {
        var mismatches = new List<string>();
        var count = 0;
        foreach (var row in GoldenRows.Lines(Goldens.Path("templates/rendered.jsonl")))
        {
            if ((string?)row["error"]?["class"] != "ValueError") continue;
            count++;
            var e = Assert.Throws<AttuneException>(() => GoldenChats.Render(row));
            if (e.InnerException?.Message != (string)row["error"]!["message"]!)
                mismatches.Add($"{row["template"]} × {row["conversation"]}: {e.InnerException?.Message}");
        }

        GoldenRows.AssertAll(137, count, mismatches);
    }
}
