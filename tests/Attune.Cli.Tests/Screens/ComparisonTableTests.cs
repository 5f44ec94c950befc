using Attune.Cli.Terminal.Training;
using Attune.Evaluation.Metrics;
using Attune.Evaluation.Tasks;
using Attune.Models.Batches;

namespace Attune.Cli.Tests.Screens;

public class ComparisonTableTests
{
    [Fact]
    public void A_label_task_shows_accuracy_and_macro_F1() => Snapshot.Matches("comparison-labels", Table(new Comparison(
        new LabelMeasurement { Rows = 400, Seconds = 31, Accuracy = new(0.085, 0.0616, 0.1164), MacroF1 = new(0.061, 0.04, 0.09), Predicted = [] },
        new LabelMeasurement { Rows = 400, Seconds = 32, Accuracy = new(0.92, 0.889, 0.943), MacroF1 = new(0.919, 0.89, 0.94), Predicted = [] },
        new Estimate(0.835, 0.795, 0.8725))));

    [Fact]
    public void Any_other_task_shows_loss_and_perplexity() => Snapshot.Matches("comparison-loss", Table(new Comparison(
        new LossMeasurement { Rows = 400, Seconds = 3, LabelTokens = 9000, Loss = new(2.5, 2.4, 2.6), Perplexity = new(12.182, 11.023, 13.464), RowLosses = [] },
        new LossMeasurement { Rows = 400, Seconds = 3, LabelTokens = 9000, Loss = new(1.25, 1.2, 1.3), Perplexity = new(3.49, 3.32, 3.669), RowLosses = [] },
        new Estimate(-1.25, -1.3, -1.2))));

    private static string Table(Comparison comparison)
    {
        using var terminal = new FakeTerminal(120, ansi: false);
        ComparisonTable.Write(terminal.Console, new FourHundredRows { Part = "test" }, comparison);
        return terminal.Take();
    }

    private sealed class FourHundredRows : TestTask
    {
        public override int Rows => 400;

        public override string Metric => "";

        public override TaskMeasurement Measure(IBranchedLosses model, Action<int>? onRow = null) => throw new NotSupportedException();

        public override Comparison Compare(TaskMeasurement before, TaskMeasurement after) => throw new NotSupportedException();
    }
}
