using System.Text.Json.Nodes;
using Attune.Data.Batching;
using Attune.Models.Architectures;
using Attune.Models.Batches;
using Attune.Models.Fused;
using Attune.Runs;
using Attune.Runs.Metrics;
using Attune.Training.Loop;
using Attune.Training.Methods;
using Attune.Training.Objectives;
using Attune.Training.Recipes;
using Attune.Training.Schedules;

namespace Attune.Training.Running;

/// <summary>Trains what is prepared in a run directory, from the first step or from a checkpoint to its end, whatever kind of training it is.</summary>
internal sealed class RunLoop
{
    /// <summary>Where it writes, and what it goes on from.</summary>
    public required OpenRun Run { get; init; }

    /// <summary>With everything decided.</summary>
    public required TrainingRecipe Recipe { get; init; }

    /// <summary>The model.</summary>
    public required LlamaDecoder Decoder { get; init; }

    /// <summary>What of it is trained.</summary>
    public required ITrainedModel Trained { get; init; }

    /// <summary>Which rows each step takes.</summary>
    public required DataOrder Order { get; init; }

    /// <summary>What decides them, for resuming.</summary>
    public required RowOrder RowOrder { get; init; }

    /// <summary>The rate of each step.</summary>
    public required LearningRates LearningRates { get; init; }

    /// <summary>Best validation and when to stop.</summary>
    public required EarlyStopping EarlyStopping { get; init; }

    /// <summary>Tokens of the largest micro-batch.</summary>
    public required int LargestMicroBatch { get; init; }

    /// <summary>Tokens of all steps.</summary>
    public required long Tokens { get; init; }

    /// <summary>Gives the objective that computes losses so.</summary>
    public required Func<ILabelLosses, IObjective> Objective { get; init; }

    /// <summary>The arithmetic, where the process's first step is the given one.</summary>
    public required Func<int, RunArithmetic> Arithmetic { get; init; }

    /// <summary>A prompt and the model's answer, made at each validation; null: none.</summary>
    public required Func<GeneratedSample?>? Sample { get; init; }

    /// <summary>Trains to the end.</summary>
    /// <param name="observer">Watches.</param>
    /// <param name="stopRequested">Asked after each step; then a checkpoint is written and the run ends as interrupted.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Training"/>, <see cref="ExitCode.Environment"/>; <see cref="ExitCode.Run"/>: the rows are not those of the run.</exception>
    public TrainingResult Train(ITrainingObserver observer, Func<bool> stopRequested)
    {
        using var metrics = MetricsLog.Open(Run.Directory.MetricsPath, Run.Clock);
        using var optimizer = ChosenOptimizer.Of(Recipe, Trained.Tensors);
        var checkpoints = new RunCheckpoints(Run.Store, Trained, optimizer, RowOrder, metrics);
        var start = Run.From is null ? null : checkpoints.Restore(Run.From);
        if (Run.IsResumed) metrics.AppendResumed(start?.Step ?? 0, Run.From?.Name ?? "start");

        var observers = new Observers(new RunMetrics(metrics, Run.Directory.MetricsPath, start?.Tokens ?? 0), observer);
        var arithmetic = Arithmetic((start?.Step ?? 0) + 1);
        Run.Directory.WritePlan(Plan(arithmetic));
        observers.OnStart(arithmetic);
        try
        {
            using var fused = arithmetic.WhyPlain is not null ? null : FusedDecoder.Create(
                Decoder, Recipe.Threads ?? Environment.ProcessorCount, LargestMicroBatch, Recipe.ActivationCheckpointing == ActivationCheckpointing.Layer);
            var quarter = Math.Max(1, (int)Math.Round(Order.StepsPerEpoch / 4.0));
            var evalSteps = Recipe.EvalSteps ?? quarter;
            var loop = new TrainingLoop
            {
                Options = new LoopOptions(arithmetic.TotalSteps, evalSteps, Recipe.SaveSteps ?? evalSteps, Recipe.MaxGradNorm),
                Order = Order,
                Objective = Objective((ILabelLosses?)fused ?? new PlainLosses(Decoder)),
                Model = Trained,
                Optimizer = optimizer,
                LearningRates = LearningRates,
                EarlyStopping = EarlyStopping,
                Checkpoints = checkpoints,
                Observer = observers,
                Sample = Sample,
            };
            var result = loop.Run(start, stopRequested);
            Run.Directory.WriteEnd(result.Reason == StopReason.Interrupted ? RunEnd.Interrupted : RunEnd.Finished, Actual(result));
            observers.OnEnd(result);
            return result;
        }
        catch (AttuneException exception)
        {
            Run.Directory.WriteEnd(RunEnd.Failed, [], exception.Message);
            throw;
        }
    }

    private JsonObject Plan(RunArithmetic run) => new()
    {
        ["examples"] = run.Examples,
        ["validation_examples"] = run.ValidationExamples,
        ["epochs"] = run.Epochs,
        ["effective_batch"] = run.EffectiveBatch,
        ["steps"] = run.TotalSteps,
        ["warmup_steps"] = LearningRates.WarmupSteps,
        ["trainable_parameters"] = run.TrainableParameters,
        ["all_parameters"] = run.AllParameters,
        ["tokens"] = Tokens,
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
