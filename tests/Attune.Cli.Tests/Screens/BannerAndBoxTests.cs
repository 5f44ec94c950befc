using Attune.Cli.Terminal.Training;
using Attune.Training.Loop;

namespace Attune.Cli.Tests.Screens;

public class BannerAndBoxTests
{
    private const long Memory = 8_300_000_000;

    [Fact]
    public void The_start_of_a_run() => Snapshot.Matches("banner", Banner(Reports.Arithmetic));

    [Fact]
    public void The_start_of_a_run_cut_by_max_steps_without_validation() =>
        Snapshot.Matches("banner-max-steps", Banner(Reports.Arithmetic with { TotalSteps = 20, ValidationExamples = 0, Epochs = 1 }));

    [Fact]
    public void The_start_of_a_resumed_run() => Snapshot.Matches("banner-resumed", Banner(Reports.Arithmetic with { FirstStep = 121 }));

    [Fact]
    public void The_start_of_a_run_that_was_over() => Snapshot.Matches("banner-over", Banner(Reports.Arithmetic with { FirstStep = 190 }));

    [Fact]
    public void The_end_of_a_run() => Snapshot.Matches("box", Box(Reports.Result, 100));

    [Fact]
    public void The_end_of_a_run_that_stopped_early() => Snapshot.Matches("box-early", Box(Reports.Result with { Reason = StopReason.EarlyStopped }, 100));

    [Fact]
    public void The_end_of_an_interrupted_run_without_validation() =>
        Snapshot.Matches("box-interrupted", Box(Reports.Result with { Reason = StopReason.Interrupted, BestStep = null, BestLoss = null }, 100));

    [Fact]
    public void In_a_narrow_terminal_the_next_command_stays_in_one_piece() => Snapshot.Matches("box-narrow", Box(Reports.Result, 48));

    private static string Banner(RunArithmetic run)
    {
        using var terminal = new FakeTerminal(100, ansi: true);
        StartBanner.Write(terminal.Console, run, Memory);
        return terminal.Take();
    }

    private static string Box(TrainingResult result, int width)
    {
        using var terminal = new FakeTerminal(width, ansi: true);
        ClosingBox.Write(terminal.Console, result, Reports.Folder);
        return terminal.Take();
    }
}
