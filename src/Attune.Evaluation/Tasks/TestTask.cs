using System.Diagnostics;
using Attune.Data.Preparation;
using Attune.Evaluation.Scoring;
using Attune.Models.Batches;

namespace Attune.Evaluation.Tasks;

/// <summary>What a run is measured by: the test rows, or the validation rows where there are no test rows.</summary>
public abstract class TestTask
{
    /// <summary>The part measured: <c>test</c> or <c>validation</c>.</summary>
    public required string Part { get; init; }

    /// <summary>Rows measured.</summary>
    public abstract int Rows { get; }

    /// <summary>What the task's main figure is called.</summary>
    public abstract string Metric { get; }

    /// <summary>The task of prepared data; null where it has neither test nor validation rows.</summary>
    /// <param name="data">The prepared data.</param>
    /// <param name="preparer">What prepared it; makes the candidates of a label task.</param>
    public static TestTask? Of(PreparedData data, RowPreparer preparer)
    {
        if ((data.Test ?? data.Validation) is not { Examples.Count: > 0 } part) return null;
        var rows = data.Sets.Parts.First(set => set.Name == part.Name).Rows;
        if (data.Sets.Labels.Count < 2) return new LossTask(part.Examples) { Part = part.Name };
        return new LabelTask(
            data.Sets.Labels,
            [.. rows.Select(row => row.Label!)],
            [.. rows.Select(row => LabelCandidates.Of(row, data.Sets.Labels, preparer))]) { Part = part.Name };
    }

    /// <summary>Measures one model.</summary>
    /// <param name="model">The model, on either path.</param>
    /// <param name="onRow">Told how many rows are done.</param>
    public abstract TaskMeasurement Measure(IBranchedLosses model, Action<int>? onRow = null);

    /// <summary>Compares two measurements of this task.</summary>
    public abstract Comparison Compare(TaskMeasurement before, TaskMeasurement after);

    private sealed class LabelTask(
        IReadOnlyList<string> labels, string[] truth, IReadOnlyList<IReadOnlyList<Example>> candidates) : TestTask
    {
        public override int Rows => truth.Length;

        public override string Metric => "accuracy";

        public override TaskMeasurement Measure(IBranchedLosses model, Action<int>? onRow = null)
        {
            var start = Stopwatch.GetTimestamp();
            var scores = LabelScorer.Score(model, candidates, onRow: onRow);
            string[] predicted = [.. scores.Select(row => labels[Array.IndexOf(row, row.Max())])];
            return LabelMeasurement.Of(truth, predicted, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        public override Comparison Compare(TaskMeasurement before, TaskMeasurement after) =>
            Comparison.OfLabels(truth, (LabelMeasurement)before, (LabelMeasurement)after);
    }

    private sealed class LossTask(IReadOnlyList<Example> examples) : TestTask
    {
        private readonly int[] _tokens = [.. examples.Select(example => example.LabelTokens)];

        public override int Rows => examples.Count;

        public override string Metric => "loss";

        public override TaskMeasurement Measure(IBranchedLosses model, Action<int>? onRow = null)
        {
            var start = Stopwatch.GetTimestamp();
            var sums = LossScorer.Score(model, examples, onRow: onRow);
            return LossMeasurement.Of(sums, _tokens, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        public override Comparison Compare(TaskMeasurement before, TaskMeasurement after) =>
            Comparison.OfLosses(_tokens, (LossMeasurement)before, (LossMeasurement)after);
    }
}
