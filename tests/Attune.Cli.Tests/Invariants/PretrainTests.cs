using Attune.Cli.Tests.Mistakes;
using Attune.Cli.Tests.Screens;
using Attune.Runs.Metrics;

namespace Attune.Cli.Tests.Invariants;

/// <summary><c>attune pretrain</c> as a user runs it, on documents of a few sentences.</summary>
public sealed class PretrainTests(TinyRuns runs) : IClassFixture<TinyRuns>
{
    private const string Recipe =
        """
        architecture: {hidden_size: 32, intermediate_size: 48, layers: 2, heads: 4, context: 48}
        tokenizer: {vocabulary_size: 300}
        data: {train: "docs.jsonl", exclude: [secret], validation: kept.txt}
        max_sequence_length: 48
        tokens_per_step: 200
        epochs: 4
        learning_rate: 0.01
        eval_steps: 10
        save_steps: 5
        compute_type: float32
        threads: 1

        """;

    [Fact]
    public void Killed_after_a_checkpoint_it_ends_in_the_same_bits_and_can_be_asked()
    {
        var straight = Finished("straight");
        Write("killed");
        using (var process = new RunningAttune(["pretrain", "killed.yaml"], runs.Folder))
        {
            process.WaitFor("step 7/");
            process.Kill();
            Assert.Equal(128 + 9, process.Wait().ExitCode);
        }

        var killed = runs.RunOf("killed");
        Assert.Contains($"./attune pretrain --resume {killed.Path}", TinyRuns.Expect(0, runs.Attune("run", "show", killed.Path)).Output, StringComparison.Ordinal);
        TinyRuns.Expect(0, runs.Attune("pretrain", "--resume", killed.Path));
        Assert.Contains(File.ReadLines(killed.MetricsPath), line => line.Contains($"\"{MetricNames.ResumedFrom}\":\"step-", StringComparison.Ordinal));
        var steps = (int)straight.Plan["steps"]!;
        Assert.All(straight.Weights(steps), file => Assert.True(file.Value.AsSpan().SequenceEqual(killed.Weights(steps)[file.Key]), $"{file.Key} differs"));
        Assert.Equal(straight.Course(), killed.Course());

        var answer = TinyRuns.Expect(0, runs.Attune("generate", killed.Path, "--prompt", "The lamp", "--max-new-tokens", "4", "--json"));
        Assert.Contains("\"tokens\":", answer.Output, StringComparison.Ordinal);
        TinyRuns.Expect(0, runs.Attune("merge", killed.Path, "--output", "merged"));
        TinyRuns.Expect(0, runs.Attune("generate", "--model", "merged", "--prompt", "The lamp", "--max-new-tokens", "4"));
    }

    [Fact]
    public void Interrupted_it_saves_its_last_step_and_says_how_to_go_on()
    {
        Write("interrupted");
        using var process = new RunningAttune(["pretrain", "interrupted.yaml"], runs.Folder);
        process.WaitFor("step 6/");
        process.Interrupt();
        var result = TinyRuns.Expect(130, process.Wait());
        var run = runs.RunOf("interrupted");
        Assert.Contains($"./attune pretrain --resume {run.Path}", result.Output, StringComparison.Ordinal);
        Assert.Equal("interrupted", (string?)run.Plan["ended"]);
        TinyRuns.Expect(0, runs.Attune("pretrain", "--resume", run.Path));
        Assert.Equal(Finished("straight").Course(), run.Course());
    }

    [Fact]
    public void The_dry_run_writes_nothing()
    {
        Write("dry");
        var result = TinyRuns.Expect(0, runs.Attune("pretrain", "dry.yaml", "--dry-run"));
        Snapshot.Matches("pretrain-dry-run", result.Output, (@" of \d+(\.\d)? [GM]B$", " of 8.3 GB"), (@"about [\d,]+ a pass, [\d,]+ in all", "about # a pass, # in all"), (@"\d+(\.\d)? MB", "# MB"));
        Assert.DoesNotContain(Directory.GetFileSystemEntries(runs.Folder, "*dry*", SearchOption.AllDirectories), path => !path.EndsWith("dry.yaml", StringComparison.Ordinal));
    }

    [Fact]
    public void What_does_not_fit_is_told_and_leaves_no_run()
    {
        Write("mistaken");
        Expect.Mistake(runs.Attune("pretrain", "mistaken.yaml", "--data", "*.csv"), ExitCode.Data, "no file fits *.csv");
        Expect.Mistake(runs.Attune("pretrain", "mistaken.yaml", "--set", "data.validation=docs.jsonl"), ExitCode.Data, "docs.jsonl is the validation file and among those of data.train");
        Expect.Mistake(runs.Attune("pretrain", "mistaken.yaml", "--set", "tokenizer.path=docs.jsonl"), ExitCode.Model, "docs.jsonl");
        Expect.Mistake(runs.Attune("pretrain", "mistaken.yaml", "--set", "model=x"), ExitCode.Recipe, "there is no key 'model'", "docs/pretrain-recipe.md");
        Expect.Mistake(runs.Attune("pretrain"), ExitCode.Usage, "No recipe is named", "attune pretrain recipes/nano/pretrain.yaml");
        Assert.Empty(Directory.Exists(Path.Combine(runs.Folder, "runs")) ? Directory.GetDirectories(Path.Combine(runs.Folder, "runs"), "*-mistaken") : []);
    }

    [Fact]
    public void A_run_goes_on_with_the_verb_that_made_it()
    {
        var pretrained = Finished("straight");
        Expect.Mistake(runs.Attune("train", "--resume", pretrained.Path), ExitCode.Run, "attune pretrain --resume");
        var tuned = runs.Finished("tuned", "method: lora\nlora: {rank: 4}", "learning_rate: 0.005\nthreads: 1");
        Expect.Mistake(runs.Attune("pretrain", "--resume", tuned.Path), ExitCode.Run, "attune train --resume");
        Expect.Mistake(runs.Attune("pretrain", "--resume", pretrained.Path, "--set", "epochs=9"), ExitCode.Usage, "--set");
    }

    private FinishedRun Finished(string name)
    {
        if (!Directory.Exists(Path.Combine(runs.Folder, "runs")) || Directory.GetDirectories(Path.Combine(runs.Folder, "runs"), $"*-{name}").Length == 0)
        {
            Write(name);
            var result = TinyRuns.Expect(0, runs.Attune("pretrain", $"{name}.yaml"));
            Assert.Contains("left out: 3 of secret", result.Output, StringComparison.Ordinal);
            Assert.Contains("bits a byte", result.Output, StringComparison.Ordinal);
        }

        return runs.RunOf(name);
    }

    private void Write(string name)
    {
        runs.Write("docs.jsonl", string.Concat(Enumerable.Range(0, 33).Select(i => $"{{\"text\": \"{Text(i)}\", \"source\": \"{(i % 11 == 10 ? "secret" : "shop")}\"}}\n")));
        runs.Write("kept.txt", Text(40));
        runs.Write($"{name}.yaml", $"name: {name}\n{Recipe}");
    }

    private static string Text(int i) => string.Join(" ", Enumerable.Range(i, 3 + (i % 5)).Select(n => $"The lamp {n} is {(n % 2 == 0 ? "here" : "on its way")}."));
}
