using System.Text.Json.Nodes;
using Attune.Cli.Terminal;
using Attune.Evaluation.Tasks;
using Attune.Models;
using Attune.Training.Running;
using Attune.Training.Tuned;

namespace Attune.Cli;

/// <summary>The end of a run: the base and the tuned model on the test rows, written into the run directory.</summary>
internal static class RunEvaluation
{
    /// <summary>Measures both models; null where the run has neither test nor validation rows.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Interrupted"/>: the user asked to stop.</exception>
    public static (TestTask Task, Comparison Comparison, JsonObject Json)? Measure(TrainingRun run, ProgressLine? progress, Func<bool> stopRequested)
    {
        var prepared = run.Prepared;
        if (TestTask.Of(prepared.Data, prepared.Preparer) is not { } task) return null;
        var (path, precision) = (prepared.Model.Path, prepared.Model.Decoder.Precision);
        prepared.Dispose(); // the memory of the trained model is needed for those measured

        TaskMeasurement before, after;
        using (var model = LanguageModel.Load(path, precision))
            before = task.Measure(model.Decoder, done => OnRow("base model", done));
        using (var model = TunedModel.Load(run.Directory, _ => { }))
            after = task.Measure(model.Decoder, done => OnRow("tuned model", done));
        progress?.Clear();

        var comparison = task.Compare(before, after);
        var json = EvaluationFile.Of(task, comparison);
        run.Directory.WriteEvaluation(json);
        return (task, comparison, json);

        void OnRow(string what, int done)
        {
            progress?.Show(what, done, task.Rows);
            if (!stopRequested()) return;
            progress?.Clear();
            throw new AttuneException(ExitCode.Interrupted, "Stopped before the test figures were made; the run itself is complete.",
                $"Make them with: ./attune train --resume {run.Directory.Path}");
        }
    }
}
