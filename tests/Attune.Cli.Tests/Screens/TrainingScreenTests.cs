using Attune.Cli.Terminal.Training;

namespace Attune.Cli.Tests.Screens;

public class TrainingScreenTests
{
    [Theory]
    [InlineData(100)]
    [InlineData(60)]
    public void A_terminal_rewrites_one_line_and_keeps_a_line_a_validation(int width)
    {
        using var terminal = new FakeTerminal(width, ansi: true);
        Run(terminal, steps: 4);
        Snapshot.Matches($"training-terminal-{width}", terminal.Take());
    }

    [Fact]
    public void A_pipe_gets_plain_lines()
    {
        using var terminal = new FakeTerminal(10_000, ansi: false);
        Run(terminal, steps: 4);
        var text = terminal.Take();
        Assert.DoesNotContain('\u001b', text);
        Assert.DoesNotContain('\r', text);
        Snapshot.Matches("training-pipe", text);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(60)]
    [InlineData(100)]
    public void The_live_line_never_reaches_the_last_column(int width)
    {
        using var terminal = new FakeTerminal(width, ansi: true);
        Run(terminal, steps: 30);
        var live = terminal.Take().Split('\r').Skip(1).Select(piece => piece[..piece.IndexOf('\u001b', StringComparison.Ordinal)]).Where(text => text.Length > 0).ToList();
        Assert.Equal(30, live.Count);
        Assert.All(live, text => Assert.InRange(text.Length, 1, width - 1));
    }

    [Fact]
    public void A_long_run_in_a_pipe_is_about_fifty_lines()
    {
        using var terminal = new FakeTerminal(10_000, ansi: false);
        var screen = new TrainingScreen(terminal.Console, 8_000_000_000, new Reports.Clock());
        screen.OnStart(Reports.Arithmetic with { TotalSteps = 5000 });
        terminal.Take();
        for (var step = 1; step <= 5000; step++) screen.OnStep(Reports.Step(step));
        Assert.Equal(51, terminal.Take().Split('\n').Count(line => line.StartsWith("step ", StringComparison.Ordinal))); // the first, and each hundredth
    }

    private static void Run(FakeTerminal terminal, int steps)
    {
        var clock = new Reports.Clock();
        var screen = new TrainingScreen(terminal.Console, 8_300_000_000, clock);
        screen.OnStart(Reports.Arithmetic with { TotalSteps = steps });
        for (var step = 1; step <= steps; step++)
        {
            screen.OnStep(Reports.Step(step));
            clock.Advance(2);
            if (step == 2) screen.OnEvaluation(Reports.Evaluation(step, 1.2345, isBest: true, "[bold]card[/]\nmarkup is text"));
            if (step == 4) screen.OnEvaluation(Reports.Evaluation(step, 1.3456, isBest: false));
        }

        screen.OnEnd(Reports.Result with { Step = steps, BestStep = 2, BestLoss = 1.2345 });
    }
}
