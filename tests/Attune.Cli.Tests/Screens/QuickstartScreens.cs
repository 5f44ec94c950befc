using System.Text.RegularExpressions;
using Attune.Cli.Quickstart;
using Attune.Cli.Terminal.Quickstart;
using Attune.Cli.Tests.Quickstart;
using Attune.Evaluation.Tasks;
using Attune.Models.Batches;

namespace Attune.Cli.Tests.Screens;

public sealed class QuickstartScreens(QuickstartFixture quickstart) : IClassFixture<QuickstartFixture>
{
    [Fact]
    public void The_whole_screen_in_a_pipe() => Snapshot.Matches(
        "quickstart", string.Join('\n', quickstart.Lines),
        (Regex.Escape(Checkout.Root), "(clone)"), (@"\d{4}-\d\d-\d\d-\d{4}-", "2026-11-25-0900-"), (@" of \d+(\.\d)? [GM]B$", " of 8.3 GB"), (@"about \d+ MB", "about # MB"),
        (@"(loss|val) \d+\.\d+", "$1 #"), (@"[\d,]+ tok/s  .*$", "# tok/s  …"), (@"^│ (time|tokens|peak memory) .*│$", "│ $1 … │"), (@"^(    →) .*$", "$1 (answer)"),
        (@"^(    (before|after)) .*$", "$1 (answer)"), (@"measured in .*$", "measured in #"), (@"gave \d+ of", "gave # of"), (@"label: \d+\.\d %", "label: # %"),
        (@"[\d.]+ s( |$)", "# s$1"), (@"  +# s", "  # s"), (@"^([│┌├└].*?)(  +|──+).*$", "$1…"));

    [Theory]
    [InlineData(100)]
    [InlineData(60)]
    public void Answers_and_end_in_a_terminal(int width)
    {
        using var terminal = new FakeTerminal(width, ansi: true);
        var clock = new Reports.Clock();
        var screen = new QuickstartScreen(terminal.Console, clock);
        var seconds = 3;
        foreach (var sentence in new[]
        {
            "454 rows were read, 4 bad ones left out: 291 to train on, 40 to choose the best step, 119 to measure with.",
            "Before training it gave 12 of 119 test rows their right label: 10.1 %.", "148 steps of 8 rows trained 1,000 of 2,000 parameters.", "After training: more.",
        })
        {
            screen.Begin("Something is [done].");
            clock.Advance(seconds *= 2);
            screen.Done(sentence);
        }

        screen.Answers(
            [new ExampleRow("test.jsonl line 7", "Where is my [bold] parcel? It was to come on Monday, and now it is Thursday and nobody is here.", [1], "delivery")],
            ["\u001b[31mtext\nof a model that goes on and on until somebody stops it, for it has never learned when to be silent"], [" "], new TestRows { Part = "test" });
        screen.End([("./attune chat runs/2026-11-25-0900-quickstart-of-a-name-that-is-long-enough-to-be-folded", "ask it [yourself]")]);
        Snapshot.Matches($"quickstart-terminal-{width}", terminal.Take());
    }

    private sealed class TestRows : TestTask
    {
        public override int Rows => 119;

        public override string Metric => "";

        public override TaskMeasurement Measure(IBranchedLosses model, Action<int>? onRow = null) => throw new NotSupportedException();

        public override Comparison Compare(TaskMeasurement before, TaskMeasurement after) => throw new NotSupportedException();
    }
}
