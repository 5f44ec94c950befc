using System.Text.Json.Nodes;
using Attune.Cli.Terminal;
using Attune.Evaluation.Scoring;
using Attune.Evaluation.Tasks;
using Attune.Models;
using Attune.Models.Batches;
using Attune.Models.Fused;
using Attune.Models.Numerics;
using Attune.Runs;
using Attune.Training.Running;
using Attune.Training.Tuned;

namespace Attune.Cli;

/// <summary>The base and the tuned model of a run on its test rows.</summary>
internal sealed class RunEvaluation
{
    private readonly ProgressLine? _progress;
    private readonly Action _stopIfAsked;
    private readonly string _basePath;
    private readonly Precision _precision;
    private readonly int _threads;
    private readonly bool _isPlain;

    private RunEvaluation(PreparedRun prepared, TestTask task, ProgressLine? progress, Action stopIfAsked)
    {
        (Task, _progress, _stopIfAsked) = (task, progress, stopIfAsked);
        (_basePath, _precision, _isPlain) = (prepared.Model.Path, prepared.Model.Decoder.Precision, prepared.Steps.WhyPlain is not null);
        _threads = prepared.Recipe.Value.Threads ?? Environment.ProcessorCount;
    }

    /// <summary>What is measured.</summary>
    public TestTask Task { get; }

    /// <summary>The evaluation of a run; it needs nothing of the prepared model. Null where there are neither test nor validation rows.</summary>
    /// <param name="prepared">The run.</param>
    /// <param name="progress">Shows how far it is; null: nobody looks.</param>
    /// <param name="stopIfAsked">Called after every few rows; throws where the user asked to stop.</param>
    public static RunEvaluation? Of(PreparedRun prepared, ProgressLine? progress, Action stopIfAsked) =>
        TestTask.Of(prepared.Data, prepared.Preparer) is { } task ? new RunEvaluation(prepared, task, progress, stopIfAsked) : null;

    /// <summary>Measures the base model.</summary>
    /// <param name="ask">Gets the model afterwards, for questions of its own; null: none.</param>
    public TaskMeasurement OfBase(Action<LanguageModel>? ask = null) => Of("base model", LanguageModel.Load(_basePath, _precision), ask);

    /// <summary>Measures the tuned model.</summary>
    /// <param name="run">The run that trained it.</param>
    /// <param name="ask">Gets the model afterwards, for questions of its own; null: none.</param>
    public TaskMeasurement OfTuned(RunDirectory run, Action<LanguageModel>? ask = null) => Of("tuned model", TunedModel.Load(run, _ => { }), ask);

    /// <summary>Compares the two, and writes that into the run directory.</summary>
    public (Comparison Comparison, JsonObject Json) Write(RunDirectory run, TaskMeasurement before, TaskMeasurement after)
    {
        var comparison = Task.Compare(before, after);
        var json = EvaluationFile.Of(Task, comparison);
        run.WriteEvaluation(json);
        return (comparison, json);
    }

    private TaskMeasurement Of(string what, LanguageModel loaded, Action<LanguageModel>? ask)
    {
        using var model = loaded;
        try
        {
            using var fused = _isPlain ? null : FusedDecoder.Create(model.Decoder, _threads);
            var measurement = Task.Measure((IBranchedLosses?)fused ?? new PlainBranchedLosses(model.Decoder), OnRow);
            ask?.Invoke(model);
            return measurement;
        }
        finally
        {
            _progress?.Clear();
        }

        void OnRow(int done)
        {
            _progress?.Show(what, done, Task.Rows);
            _stopIfAsked();
        }
    }
}
