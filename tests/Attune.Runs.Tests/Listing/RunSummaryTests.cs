using System.Text.Json.Nodes;
using Attune.Runs.Checkpoints;
using Attune.Runs.Listing;
using Attune.Runs.Metrics;

namespace Attune.Runs.Tests.Listing;

public sealed class RunSummaryTests : IDisposable
{
    private readonly RunFolder _folder = new();

    [Fact]
    public void A_new_run_has_no_numbers()
    {
        var summary = RunSummary.Of(_folder.Run.Path);
        Assert.Equal(("2026-11-23-1432-test", RunState.Interrupted, 0), (summary.Name, summary.State, summary.Step));
        Assert.Equal((null, null, null), (summary.Loss, summary.BestEvalLoss, summary.Evaluation));
    }

    [Fact]
    public void The_best_validation_and_the_last_loss_are_shown()
    {
        using (var log = MetricsLog.Open(_folder.Run.MetricsPath, TimeProvider.System))
        {
            log.Append(1, (MetricNames.Loss, 3));
            log.Append(1, (MetricNames.EvalLoss, 2.5));
            log.Append(2, (MetricNames.Loss, 2));
            log.Append(2, (MetricNames.EvalLoss, 2.25));
            log.Append(3, (MetricNames.EvalLoss, double.NaN));
        }

        new CheckpointStore(_folder.Run, 1).Save(2, true, 0, [], at => File.WriteAllText(Path.Combine(at, "w"), "w"));
        _folder.Run.WriteEvaluation(new JsonObject { ["accuracy"] = 0.5 });
        var summary = RunSummary.Of(_folder.Run.Path);
        Assert.Equal((3, 2.0, 2.25, 2), (summary.Step, summary.Loss, summary.BestEvalLoss, summary.BestStep));
        Assert.Equal(["step-000002"], summary.Checkpoints);
        Assert.Equal(0.5, (double)summary.Evaluation!["accuracy"]!);
    }

    [Fact]
    public void The_state_follows_lock_and_end()
    {
        using (RunLock.Take(_folder.Run.Path)) Assert.Equal(RunState.Running, State());
        Assert.Equal(RunState.Interrupted, State()); // The process died.
        _folder.Run.WriteEnd(RunEnd.Interrupted, []);
        Assert.Equal(RunState.Interrupted, State());
        _folder.Run.WriteEnd(RunEnd.Failed, [], "the loss is NaN");
        Assert.Equal((RunState.Failed, "the loss is NaN"), (State(), RunSummary.Of(_folder.Run.Path).Problem));
        _folder.Run.WriteEnd(RunEnd.Finished, []);
        Assert.Equal((RunState.Finished, null), (State(), RunSummary.Of(_folder.Run.Path).Problem));
        using (RunLock.Take(_folder.Run.Path)) Assert.Equal(RunState.Running, State());
    }

    [Fact]
    public void A_list_shows_damaged_runs_and_passes_over_other_folders()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Output, "notes"));
        Directory.CreateDirectory(Path.Combine(_folder.Output, ".half.tmp"));
        var later = RunDirectory.Create(_folder.Output, "zzz", "", new RunFolder.FixedClock());
        File.WriteAllText(later.MetricsPath, "garbage\n");

        var runs = RunSummary.AllIn(_folder.Output);
        Assert.Equal([_folder.Run.Name, later.Name], runs.Select(run => run.Name));
        Assert.Equal(RunState.Damaged, runs[1].State);
        Assert.StartsWith($"{later.MetricsPath}:1: damaged", runs[1].Problem);
        Assert.Empty(RunSummary.AllIn(Path.Combine(_folder.Output, "none")));
    }

    public void Dispose() => _folder.Dispose();

    private RunState State() => RunSummary.Of(_folder.Run.Path).State;
}
