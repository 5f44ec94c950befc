using System.Text.Json.Nodes;
using Attune.Cli.Terminal;
using Attune.Evaluation.Scoring;
using Attune.Evaluation.Tasks;
using Attune.Models;
using Attune.Models.Batches;
using Attune.Models.Fused;
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
        var (path, precision, threads) = (prepared.Model.Path, prepared.Model.Decoder.Precision, prepared.Recipe.Value.Threads ?? Environment.ProcessorCount);
        prepared.Dispose(); // the memory of the trained model is needed for those measured

        TaskMeasurement before, after;
        using (var model = LanguageModel.Load(path, precision))
            before = OfModel(model, "base model");
        using (var model = TunedModel.Load(run.Directory, _ => { }))
            after = OfModel(model, "tuned model");
        progress?.Clear();

        var comparison = task.Compare(before, after);
        var json = EvaluationFile.Of(task, comparison);
        run.Directory.WriteEvaluation(json);
        return (task, comparison, json);

        TaskMeasurement OfModel(LanguageModel model, string what)
        {
            using var fused = prepared.WhyPlain is not null ? null : FusedDecoder.Create(model.Decoder, threads);
            return task.Measure((IBranchedLosses?)fused ?? new PlainBranchedLosses(model.Decoder), done => OnRow(what, done));
        }

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
