using Attune.Cli.Tests.Invariants;

namespace Attune.Cli.Tests.Screens;

/// <summary>Whole screens of the program with its output in a pipe: no colour, no line folded, no escape code.</summary>
public sealed class ProgramScreens(TinyRuns runs) : IClassFixture<TinyRuns>
{
    private static readonly (string, string)[] Numbers =
    [
        (@"\d{4}-\d\d-\d\d-\d{4}-", "2026-11-25-0900-"),                                      // when the run began
        (@" of \d+(\.\d)? [GM]B$", " of 8.3 GB"),                                            // this machine's memory
        (@"(loss|val|accuracy) \d+\.\d+", "$1 #"),                                            // rounded differently by other processors
        (@"[\d,]+ tok/s  .*$", "# tok/s  …"),
        (@"^│ (time|tokens|peak memory) .*│$", "│ $1 … │"),
        (@"^(    →) .*$", "$1 (answer)"),
        (@"validation loss \d+\.\d+( +│)?", "validation loss #$1"),
        (@"measured in .*$", "measured in #"),
    ];

    [Fact]
    public void The_dry_run_of_the_tiny_recipe() =>
        Snapshot.Matches("dry-run", Screen("train", "recipes/tiny/lora.yaml", "--dry-run", "--set", "compute_type=float32", "--set", "threads=1"), Numbers);

    [Fact]
    public void The_preview_of_the_tiny_recipe_without_colour() =>
        Snapshot.Matches("data-preview", Screen("data", "preview", "recipes/tiny/lora.yaml", "--rows", "2"));

    [Fact]
    public void A_run_from_start_to_comparison_and_what_is_told_about_it_later()
    {
        runs.Recipe("screens", "method: lora\nlora: {rank: 4}", "learning_rate: 0.005\neval_steps: 3\ncompute_type: float32\nthreads: 1");
        var train = TinyRuns.Expect(0, runs.Attune("train", "screens.yaml", "--set", "epochs=3"));
        Assert.Equal("", train.Error);
        Snapshot.Matches("train", Plain(train.Output), [.. Numbers, (@"[+-]?\d+\.\d+", "#"), (@"^([│┌├└].*?)(  +|──+).*$", "$1…")]);

        var run = runs.RunOf("screens").Path;
        Snapshot.Matches("run-show", Plain(TinyRuns.Expect(0, runs.Attune("run", "show", run)).Output), [.. Numbers, (@"\d+\.\d %", "# %")]);
        Snapshot.Matches("run-list", Plain(TinyRuns.Expect(0, runs.Attune("run", "list")).Output), [.. Numbers, (@"\d+\.\d+", "#"), (@"  +│", " │"), ("──+", "──")]);
        Snapshot.Matches("train-resumed", Plain(TinyRuns.Expect(0, runs.Attune("train", "--resume", run)).Output), [.. Numbers, (@"[+-]?\d+\.\d+", "#"), (@"^([│┌├└].*?)(  +|──+).*$", "$1…")]);
    }

    [Fact]
    public void The_doctor() => Snapshot.Matches(
        "doctor", Screen("doctor"),
        (@"^(.. +attune +)\S+", "$1(version)"), (@"^(.. +\.NET +).*", "$1(version and system)"), (@"^(.. +processor +).*", "$1(cores and vector units)"),
        (@"\d+(\.\d)? [GM]B", "# GB"), (@"^(.. +torch +libtorch )[^;]+(; .*; )\d+ threads", "$1(version)$2# threads"),
        (@"TorchSharp: [^;]+;", "TorchSharp: (patch);"), (@"float32 \d+, bfloat16 (\d+|none)", "float32 #, bfloat16 #"), ("auto is .*", "auto is (type and why)"));

    [Fact]
    public void A_mistake()
    {
        var result = TinyRuns.Expect((int)ExitCode.Recipe, AttuneProcess.Run(["train", "recipes/tiny/lora.yaml", "--set", "learning_rat=1e-3"]));
        Assert.Equal("", result.Output);
        Snapshot.Matches("mistake", Plain(result.Error));
    }

    private static string Screen(params string[] words) => Plain(TinyRuns.Expect(0, AttuneProcess.Run(words)).Output);

    private static string Plain(string text)
    {
        Assert.DoesNotContain('\u001b', text);
        return text;
    }
}
