using System.Text.Json.Nodes;
using Attune.Data.Manifest;
using Attune.Models.Batches;
using Attune.Models.Fused;
using Attune.Runs;
using Attune.Runs.Checkpoints;
using Attune.Runs.Metrics;
using Attune.Training.Loop;
using Attune.Training.Objectives;
using Attune.Training.Optimizers;
using Attune.Training.Recipes;
using Attune.Training.Tuned;

namespace Attune.Training.Running;

/// <summary>A run and its directory, from the first step or from a checkpoint to its end.</summary>
public sealed class TrainingRun : IDisposable
{
    private readonly RunLock _lock;
    private readonly CheckpointStore _store;
    private readonly Checkpoint? _from;
    private readonly bool _isResumed;
    private readonly TimeProvider _clock;

    private TrainingRun(RunDirectory directory, RunLock @lock, CheckpointStore store, Checkpoint? from, bool isResumed, PreparedRun prepared, TimeProvider clock)
    {
        (Directory, _lock, _store, _from, _isResumed, Prepared, _clock) = (directory, @lock, store, from, isResumed, prepared, clock);
    }

    /// <summary>Where it writes.</summary>
    public RunDirectory Directory { get; }

    /// <summary>Model, data and recipe.</summary>
    public PreparedRun Prepared { get; }

    /// <summary>Makes a new run directory with recipe and data in it.</summary>
    /// <param name="prepared">Owned by the run from here on.</param>
    /// <param name="clock">Names the directory and stamps the metrics.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Environment"/>: it cannot be made.</exception>
    public static TrainingRun Start(PreparedRun prepared, TimeProvider clock)
    {
        var recipe = prepared.Recipe.Value;
        var directory = RunDirectory.Create(recipe.Output, recipe.Name, RecipeWriter.Write(prepared.Recipe), clock);
        var @lock = RunLock.Take(directory.Path);
        try
        {
            PreparedFiles.Write(directory.DataPath, prepared.Data);
            PromptFormFile.Write(directory, prepared.Form);
            return new TrainingRun(directory, @lock, new CheckpointStore(directory, recipe.SaveTotalLimit), null, false, prepared, clock);
        }
        catch
        {
            @lock.Dispose();
            throw;
        }
    }

    /// <summary>Opens a run to go on from its newest whole checkpoint, or from its start where it has none yet.</summary>
    /// <param name="folder">The run directory.</param>
    /// <param name="clock">Stamps the metrics.</param>
    /// <param name="notice">Is told, in a sentence, of a damaged checkpoint that was passed over.</param>
    /// <exception cref="AttuneException">As of <see cref="PreparedRun.Create"/>; <see cref="ExitCode.Run"/>: not a run, in use, damaged.</exception>
    public static TrainingRun Resume(string folder, TimeProvider clock, Action<string> notice)
    {
        var directory = RunDirectory.Open(folder);
        var @lock = RunLock.Take(directory.Path);
        try
        {
            var recipe = RecipeLoader.Load(directory.RecipePath);
            var store = new CheckpointStore(directory, recipe.Value.SaveTotalLimit);
            var from = store.Resume(notice);
            return new TrainingRun(directory, @lock, store, from, true, PreparedRun.Create(recipe, from), clock);
        }
        catch
        {
            @lock.Dispose();
            throw;
        }
    }

    /// <summary>Trains to the end.</summary>
    /// <param name="observer">Watches.</param>
    /// <param name="stopRequested">Asked after each step; then a checkpoint is written and the run ends as interrupted.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Training"/>, <see cref="ExitCode.Environment"/>; <see cref="ExitCode.Run"/>: the rows are not those of the run.</exception>
    public TrainingResult Train(ITrainingObserver observer, Func<bool> stopRequested)
    {
        var recipe = Prepared.Recipe.Value;
        using var metrics = MetricsLog.Open(Directory.MetricsPath, _clock);
        using var optimizer = ChosenOptimizer.Of(recipe, Prepared.Trained.Tensors);
        var checkpoints = new RunCheckpoints(
            _store, Prepared.Trained, optimizer, RowOrder.Of(Prepared.Train, Prepared.Order.EffectiveBatch, recipe.Seed), metrics);
        var start = _from is null ? null : checkpoints.Restore(_from);
        if (_isResumed) metrics.AppendResumed(start?.Step ?? 0, _from?.Name ?? "start");

        var observers = new Observers(new RunMetrics(metrics, Directory.MetricsPath, start?.Tokens ?? 0), observer);
        var arithmetic = Prepared.Arithmetic(Directory.Path, (start?.Step ?? 0) + 1);
        Directory.WritePlan(Plan(arithmetic));
        observers.OnStart(arithmetic);
        try
        {
            using var fused = Prepared.WhyPlain is not null ? null : FusedDecoder.Create(
                Prepared.Model.Decoder, recipe.Threads ?? Environment.ProcessorCount,
                MicroBatchSizes.Largest(Prepared.Train, Prepared.Order, Prepared.TotalSteps, recipe.MicroBatchTokens!.Value),
                recipe.ActivationCheckpointing == ActivationCheckpointing.Layer);
            var result = Loop(optimizer, checkpoints, observers, (ILabelLosses?)fused ?? new PlainLosses(Prepared.Model.Decoder)).Run(start, stopRequested);
            Directory.WriteEnd(result.Reason == StopReason.Interrupted ? RunEnd.Interrupted : RunEnd.Finished, Actual(result));
            observers.OnEnd(result);
            return result;
        }
        catch (AttuneException exception)
        {
            Directory.WriteEnd(RunEnd.Failed, [], exception.Message);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Prepared.Dispose();
        _lock.Dispose();
    }

    private TrainingLoop Loop(IOptimizer optimizer, RunCheckpoints checkpoints, ITrainingObserver observer, ILabelLosses model)
    {
        var recipe = Prepared.Recipe.Value;
        var quarter = Math.Max(1, (int)Math.Round(Prepared.Order.StepsPerEpoch / 4.0));
        var evalSteps = recipe.EvalSteps ?? quarter;
        return new TrainingLoop
        {
            Options = new LoopOptions(Prepared.TotalSteps, evalSteps, recipe.SaveSteps ?? evalSteps, recipe.MaxGradNorm),
            Order = Prepared.Order,
            Objective = new SupervisedObjective(model, Prepared.Train, Prepared.Validation, recipe.MicroBatchTokens!.Value),
            Model = Prepared.Trained,
            Optimizer = optimizer,
            LearningRates = Prepared.LearningRates,
            EarlyStopping = new EarlyStopping(recipe.EarlyStoppingPatience, recipe.EarlyStoppingThreshold),
            Checkpoints = checkpoints,
            Observer = observer,
            Sample = SampleAnswers.Of(Prepared),
        };
    }

    private JsonObject Plan(RunArithmetic run) => new()
    {
        ["examples"] = run.Examples,
        ["validation_examples"] = run.ValidationExamples,
        ["epochs"] = run.Epochs,
        ["effective_batch"] = run.EffectiveBatch,
        ["steps"] = run.TotalSteps,
        ["warmup_steps"] = Prepared.LearningRates.WarmupSteps,
        ["trainable_parameters"] = run.TrainableParameters,
        ["all_parameters"] = run.AllParameters,
        ["tokens"] = Enumerable.Range(1, Prepared.TotalSteps)
            .SelectMany(Prepared.Order.RowsOfStep).Sum(row => (long)Prepared.Train[row].TokenIds.Length),
        ["memory_bytes"] = run.EstimatedMemory,
        ["path"] = run.WhyPlain is null ? "fused" : "plain",
    };

    private static JsonObject Actual(TrainingResult result) => new()
    {
        ["steps"] = result.Step,
        ["tokens"] = result.Tokens,
        ["seconds"] = Math.Round(result.Time.TotalSeconds, 3),
        ["memory_bytes"] = result.PeakMemory,
        ["best_step"] = result.BestStep,
        ["best_eval_loss"] = result.BestLoss,
        ["stopped_early"] = result.Reason == StopReason.EarlyStopped,
    };
}
