using Attune.Cli.Tests.Invariants;
using Attune.Cli.Tests.Mistakes;

namespace Attune.Cli.Tests.Quickstart;

/// <summary><c>attune quickstart</c> with the user's own rows and model, and stopped by the user.</summary>
public sealed class OwnRowsTests : IDisposable
{
    private readonly Workshop _workshop = new();

    [Fact]
    public void Rows_with_labels_are_asked_by_a_prompt_of_their_own()
    {
        var result = Quickstart("--data", "data.jsonl");
        Assert.Contains("24 rows were read: 17 to train on, 2 to choose the best step, 5 to measure with.", result.Output, StringComparison.Ordinal);
        Assert.Contains("Which label fits this text?", Recipe, StringComparison.Ordinal);
        Assert.DoesNotContain("customer", Recipe, StringComparison.Ordinal);
        Assert.Matches(@"\n    expected  (delivery|billing) *\n", result.Output);
    }

    [Fact]
    public void A_prompt_that_is_given_wins()
    {
        Quickstart("--data", "data.jsonl", "--set", "data.prompt=Mine, {text}");
        Assert.Contains("Mine, {text}", Recipe, StringComparison.Ordinal);
    }

    [Fact]
    public void Conversations_take_no_prompt_and_are_measured_by_their_loss()
    {
        _workshop.Write("chats.jsonl", string.Concat(Enumerable.Range(0, 20).Select(i =>
            $"{{\"messages\": [{{\"role\": \"user\", \"content\": \"Where is lamp {i}?\"}}, {{\"role\": \"assistant\", \"content\": \"On its way.\"}}]}}\n")));
        var result = Quickstart("--data", "chats.jsonl");
        Assert.Contains("│ loss ", result.Output, StringComparison.Ordinal);
        Assert.Contains("\n    expected  On its way.", result.Output, StringComparison.Ordinal);
        Assert.Contains("Before training its loss on 4 test rows was ", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_is_gone_on_with_is_asked_by_generate()
    {
        _workshop.Write("texts.jsonl", string.Concat(Enumerable.Range(0, 20).Select(i => $"{{\"text\": \"The lamp {i} is on its way to the house by the sea.\"}}\n")));
        Assert.Contains("attune generate runs/", Quickstart("--data", "texts.jsonl").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_rows_are_limited_and_that_is_told()
    {
        _workshop.Write("many.jsonl", Workshop.Rows(1000));
        var output = Quickstart("--data", "many.jsonl").Output;
        Assert.Contains("1,000 rows were read, 300 left aside to be quick (data.limit, data.test_limit): 400 to train on, 100 to choose the best step, 200 to measure with.", output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_missing_is_told()
    {
        Expect.Mistake(_workshop.Run("quickstart", "--model", "models/attune-nano"), ExitCode.Model, "models/attune-nano", "git pull", "--model");
        Expect.Mistake(_workshop.Run("quickstart", "--model", "model", "--data", "gone.jsonl"), ExitCode.Data, "gone.jsonl", "--data");
        Expect.Mistake(_workshop.Run("quickstart", "recipe.yaml"), ExitCode.Usage, "recipe.yaml");
        Expect.Mistake(
            _workshop.Run("quickstart", "--model", "model", "--data", "data.jsonl", "--set", "data.split.validation=0", "--set", "data.split.test=0"), ExitCode.Data, "no test and no validation rows");
        Assert.False(Directory.Exists(_workshop.PathOf("runs")));
    }

    [Fact]
    public void Interrupted_it_saves_and_says_how_to_go_on()
    {
        using var process = new RunningAttune(["quickstart", "--model", "model", "--threads", "1"], _workshop.Folder);
        process.WaitFor("step 2/");
        process.Interrupt();
        var result = TinyRuns.Expect(130, process.Wait());
        Assert.Contains($"./attune train --resume {_workshop.TheRun}", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("What happened", result.Output, StringComparison.Ordinal);
        TinyRuns.Expect(0, _workshop.Run("train", "--resume", _workshop.TheRun));
    }

    private string Recipe => _workshop.Read(Path.Combine(_workshop.TheRun, "recipe.yaml"));

    private AttuneProcess.Result Quickstart(params string[] more) =>
        TinyRuns.Expect(0, _workshop.Run(["quickstart", "--model", "model", "--threads", "1", "--set", "max_steps=2", .. more]));

    public void Dispose() => _workshop.Dispose();
}
