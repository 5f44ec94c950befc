using System.Text.Json.Nodes;
using Attune.Text.Templates.Jinja;

namespace Attune.Text.Tests.Templates.Jinja;

public class SnippetTests
{
    [Fact]
    public void Snippets_render_or_fail_as_in_the_reference()
    {
        var mismatches = new List<string>();
        var rows = GoldenRows.Lines(Goldens.Path("templates/snippets.jsonl"));
        foreach (var row in rows)
        {
            var template = (string)row["template"]!;
            var actual = GoldenRows.Outcome(() => JinjaTemplate.Parse(template).Render(row["context"]!.AsObject(), GoldenRows.Now));
            var expected = GoldenRows.Expected(row, "expected");
            if (actual != expected) mismatches.Add($"{row["id"]} {template}\n  expected {expected}\n  actual   {actual}");
        }

        GoldenRows.AssertAll(469, rows.Count, mismatches);
    }

    [Fact]
    public void Syntax_errors_name_the_line_of_the_reference()
    {
        var mismatches = new List<string>();
        var count = 0;
        foreach (var row in GoldenRows.Lines(Goldens.Path("templates/snippets.jsonl")))
        {
            if (row["error"]?["line"] is not { } line) continue;
            count++;
            var e = Assert.Throws<JinjaException>(() => JinjaTemplate.Parse((string)row["template"]!));
            if (e.Line != (int)line) mismatches.Add($"{row["template"]}: line {line}, not {e.Line}");
        }

        GoldenRows.AssertAll(35, count, mismatches);
    }

    [Fact]
    public void Generation_blocks_are_tracked_as_in_the_reference()
    {
        var mismatches = new List<string>();
        var rows = GoldenRows.Lines(Goldens.Path("templates/generation_tracker.jsonl"));
        foreach (var row in rows)
        {
            var chat = JinjaTemplate.Parse((string)row["template"]!).Render(new JsonObject(), GoldenRows.Now);
            var actual = $"{chat.Text} {GoldenRows.SpansInCodePoints(chat)}";
            var expected = $"{row["rendered"]} {GoldenRows.Spans(row["spans"]!)}";
            if (actual != expected) mismatches.Add($"{row["template"]}\n  expected {expected}\n  actual   {actual}");
        }

        GoldenRows.AssertAll(13, rows.Count, mismatches);
    }

    [Fact]
    public void Small_templates_of_the_collection_render_as_in_Python()
    {
        var mismatches = new List<string>();
        var rows = JsonNode.Parse(File.ReadAllText(Goldens.Data("jinja/templates.json")))!.AsArray();
        foreach (var row in rows)
        {
            var actual = GoldenRows.Outcome(() => JinjaTemplate.Parse((string)row!["template"]!)
                .Render(row["context"]?.AsObject() ?? [], GoldenRows.Now));
            if (actual != (string)row!["expected"]!) mismatches.Add($"{row["name"]}\n  expected {row["expected"]}\n  actual   {actual}");
        }

        GoldenRows.AssertAll(98, rows.Count, mismatches);
    }

    [Fact]
    public void Templates_of_well_known_models_render_as_in_Python()
    {
        var mismatches = new List<string>();
        var rows = JsonNode.Parse(File.ReadAllText(Goldens.Data("jinja/chat_templates_e2e.json")))!.AsArray()
            .Where(row => (bool)row!["python_agrees"]!).ToList();
        foreach (var row in rows)
        {
            var now = row!["now"] is { } time
                ? DateTimeOffset.Parse((string)time!, null, System.Globalization.DateTimeStyles.AssumeUniversal)
                : GoldenRows.Now;
            var actual = GoldenRows.Outcome(() =>
                JinjaTemplate.Parse((string)row["chat_template"]!).Render(row["data"]!.AsObject(), now));
            if (actual != (string)row["target"]!)
                mismatches.Add($"{row["name"]}\n  expected {row["target"]}\n  actual   {actual}");
        }

        GoldenRows.AssertAll(39, rows.Count, mismatches);
    }
}
