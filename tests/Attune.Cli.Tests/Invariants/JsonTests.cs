using System.Text.Json.Nodes;

namespace Attune.Cli.Tests.Invariants;

/// <summary>Programs that call Attune read standard output line by line.</summary>
public sealed class JsonTests(TinyRuns runs) : IClassFixture<TinyRuns>
{
    [Fact]
    public void Training_tells_its_events_a_line_each()
    {
        runs.Recipe("events", TinyRuns.Lora, "eval_steps: 2\nlearning_rate: 0.005\nthreads: 1");
        var events = Lines(TinyRuns.Expect(0, runs.Attune("train", "events.yaml", "--json", "--set", "epochs=2")).Output);
        string[] expected =
        [
            "start", "step", "step", "evaluation", "checkpoint", "step", "step", "evaluation", "checkpoint", "end", "comparison",
        ];
        Assert.Equal(expected, events.Select(one => (string?)one["event"]));
        Assert.Equal(4, (int)events[0]["total_steps"]!);
        Assert.Equal([1, 2, 3, 4], events.Where(one => (string?)one["event"] == "step").Select(one => (int)one["step"]!));
        Assert.Equal("finished", (string?)events[^2]["reason"]);
        Assert.NotNull(events[^1]["tuned"]!["accuracy"]);
    }

    [Fact]
    public void A_dry_run_an_answer_and_runs_are_one_line()
    {
        var run = runs.Finished("shown", TinyRuns.Lora, "eval_steps: 100\nthreads: 1");
        Assert.Equal(2, (int)Line("train", "shown.yaml", "--dry-run", "--json")["total_steps"]!);
        Assert.Equal("length", (string?)Line("generate", run.Path, "--prompt", "x", "--max-new-tokens", "1", "--json")["finish_reason"]);
        runs.Write("text.txt", "Where is my lamp? The bill is wrong.\n");
        Assert.InRange((double)Line("evaluate", run.Path, "--text", "text.txt", "--json")["texts"]![0]!["bits_per_byte"]!, 0.1, 20);
        Assert.Equal(run.Path, (string?)Line("run", "show", run.Path, "--json")["path"]);
        var all = Line("run", "list", "--json").AsArray();
        Assert.Contains(run.Path, all.Select(one => (string?)one!["path"]));
    }

    private JsonNode Line(params string[] words) => Assert.Single(Lines(TinyRuns.Expect(0, runs.Attune(words)).Output));

    private static List<JsonNode> Lines(string output) => [.. output.TrimEnd('\n').Split('\n').Select(line => JsonNode.Parse(line)!)];
}
