using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Attune.Cli.Tests.Invariants;
using Attune.Cli.Tests.Mistakes;

namespace Attune.Cli.Tests.Quickstart;

/// <summary><c>attune quickstart</c> as a newcomer runs it.</summary>
public sealed class QuickstartTests(QuickstartFixture quickstart) : IClassFixture<QuickstartFixture>
{
    private static readonly string Sample = Path.Combine(Checkout.Root, "samples/support");

    [Fact]
    public void It_ends_well_and_tells_nothing_on_standard_error()
    {
        Assert.Equal("", TinyRuns.Expect(0, quickstart.Result).Error);
        Assert.DoesNotContain('\u001b', quickstart.Result.Output);
    }

    [Fact]
    public void Every_planted_bad_row_is_reported_and_none_is_trained_or_measured_on()
    {
        var planted = JsonNode.Parse(File.ReadAllText(Path.Combine(Sample, "planted.json")))!["bad_rows"]!.AsArray();
        Assert.NotEmpty(planted);
        Assert.Contains(quickstart.Lines, line => line == $"bad rows    {planted.Count}, left out:");
        Assert.All(planted, row => Assert.Contains(
            quickstart.Lines, line => line.StartsWith($"              {Path.Combine(Sample, (string)row!["file"]!)} line {row["line"]}: ", StringComparison.Ordinal)));

        var lines = new[] { "train", "validation", "test" }.Sum(part => File.ReadLines(Path.Combine(Sample, $"{part}.jsonl")).Count());
        Assert.Contains(quickstart.Lines, line => line.Contains($"{lines} rows were read, {planted.Count} bad ones left out", StringComparison.Ordinal));
        var test = planted.Count(row => (string?)row!["file"] == "test.jsonl");
        Assert.Contains(quickstart.Lines, line => line.StartsWith($"│ {File.ReadLines(Path.Combine(Sample, "test.jsonl")).Count() - test} test rows │ base", StringComparison.Ordinal));
    }

    [Fact]
    public void Three_rows_are_answered_before_and_after()
    {
        var rows = quickstart.Lines.SkipWhile(line => !line.StartsWith("Answers", StringComparison.Ordinal)).ToList();
        var asked = rows.Select(line => Regex.Match(line, @"^  (.+)  \S+test\.jsonl line (\d+)$")).Where(match => match.Success).ToList();
        var test = File.ReadAllLines(Path.Combine(Sample, "test.jsonl"));
        Assert.Equal(3, asked.Count);
        Assert.Equal(3, rows.Count(line => line.StartsWith("    before ", StringComparison.Ordinal)));
        Assert.Equal(3, rows.Count(line => line.StartsWith("    after ", StringComparison.Ordinal)));
        var expected = rows.Where(line => line.StartsWith("    expected ", StringComparison.Ordinal)).Select(line => line.Trim().Split(' ')[^1]);
        Assert.Equal(asked.Select(match => (string?)Row(match)["intent"]), expected);
        Assert.All(asked, match => Assert.Equal((string?)Row(match)["text"], match.Groups[1].Value));

        JsonNode Row(Match match) => JsonNode.Parse(test[int.Parse(match.Groups[2].Value) - 1])!;
    }

    [Fact]
    public void The_three_commands_to_try_next_are_command_lines()
    {
        Assert.Equal(3, quickstart.Next.Count);
        Assert.All(quickstart.Next, words =>
        {
            Assert.Equal(Path.Combine(Checkout.Root, "attune"), words[0]); // the folder is not the checkout
            Assert.True(File.Exists(words[0]));
            Assert.Empty(AttuneCommand.Create().Parse(words[1..]).Errors);
        });
        Assert.Equal(["chat", "data", "quickstart"], quickstart.Next.Select(words => words[1]));
        TinyRuns.Expect(0, quickstart.Attune(quickstart.Next[0][1..])); // no input: an empty conversation
        Assert.Contains("What does this customer want?", TinyRuns.Expect(0, quickstart.Attune(quickstart.Next[1][1..])).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_happened_is_a_sentence_a_stage()
    {
        var told = quickstart.Lines.SkipWhile(line => line != "What happened").Skip(1).Take(5).ToList();
        Assert.Collection(
            told,
            line => Assert.Matches(@"^  1 data +\S+ s +454 rows .*\. *$", line),
            line => Assert.Matches(@"^  2 base model +\S+ s +Before training .* of 119 test rows .* %\. *$", line),
            line => Assert.Matches(@"^  3 training +\S+ s +4 steps of 8 rows .*\. *$", line),
            line => Assert.Matches(@"^  4 tuned model +\S+ s +After training .* of 119 test rows .* %\. *$", line),
            line => Assert.Matches(@"^  in all +\S+ s *$", line));
    }

    [Fact]
    public void The_figures_are_those_that_train_writes_down()
    {
        var run = Assert.Single(Directory.GetDirectories(Path.Combine(quickstart.Folder, "runs"), "*-quickstart"));
        var written = new FinishedRun(quickstart.Folder, Path.GetRelativePath(quickstart.Folder, run)).Evaluation;
        TinyRuns.Expect(0, quickstart.Attune("train", "--resume", run)); // measures both models again
        var again = new FinishedRun(quickstart.Folder, Path.GetRelativePath(quickstart.Folder, run)).Evaluation;
        foreach (var model in new[] { "base", "tuned" })
            Assert.Equal(again[model]!["predicted"]!.ToJsonString(), written[model]!["predicted"]!.ToJsonString());
    }

    [Fact]
    public void Nothing_is_written_outside_runs() => Assert.Equal(quickstart.Before.Append("runs").Order(StringComparer.Ordinal), quickstart.Entries);
}
