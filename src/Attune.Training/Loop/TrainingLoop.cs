using System.Diagnostics;
using Attune.Data.Batching;
using Attune.Training.Methods;
using Attune.Training.Objectives;
using Attune.Training.Optimizers;
using Attune.Training.Schedules;

namespace Attune.Training.Loop;

/// <summary>
/// The training loop. The objective supplies batches and a loss, the model says what is trained; observers and
/// checkpoints look on and never change a number.
/// </summary>
public sealed class TrainingLoop
{
    private long _tokens;        // of the whole run
    private bool _hasMoved;      // whether a step with a rate above 0 was checked
    private int _firstStep;

    /// <summary>When what is done.</summary>
    public required LoopOptions Options { get; init; }

    /// <summary>Which rows each step takes.</summary>
    public required DataOrder Order { get; init; }

    /// <summary>Batches and loss.</summary>
    public required IObjective Objective { get; init; }

    /// <summary>What is trained.</summary>
    public required ITrainedModel Model { get; init; }

    /// <summary>Moves it.</summary>
    public required IOptimizer Optimizer { get; init; }

    /// <summary>The rate of each step.</summary>
    public required LearningRates LearningRates { get; init; }

    /// <summary>Best validation and when to stop.</summary>
    public required EarlyStopping EarlyStopping { get; init; }

    /// <summary>Keeps what a run needs to go on; null: nothing is saved.</summary>
    public RunCheckpoints? Checkpoints { get; init; }

    /// <summary>Watches.</summary>
    public required ITrainingObserver Observer { get; init; }

    /// <summary>A prompt and the model's answer, made at each validation; null: none.</summary>
    public Func<GeneratedSample?>? Sample { get; init; }

    /// <summary>Trains to the end, to an early stop, or until asked to stop.</summary>
    /// <param name="start">Where a resumed run stands; null: at the start.</param>
    /// <param name="stopRequested">Asked after each step; then the run is saved and ends.</param>
    /// <exception cref="AttuneException">
    /// <see cref="ExitCode.Training"/>: loss or gradient not finite, all gradients zero, an adapter that does not move;
    /// <see cref="ExitCode.Environment"/>: a checkpoint cannot be written.
    /// </exception>
    public TrainingResult Run(TrainingState? start, Func<bool> stopRequested)
    {
        var clock = Stopwatch.StartNew();
        var step = start?.Step ?? 0;
        (_firstStep, _tokens) = (step + 1, start?.Tokens ?? 0);
        var tokensBefore = _tokens;
        if (start is not null) EarlyStopping.State = start.EarlyStopping;

        var reason = StopReason.Finished;
        while (step < Options.TotalSteps && !EarlyStopping.ShouldStop && reason != StopReason.Interrupted)
        {
            step++;
            Observer.OnStep(Step(step));
            var isBest = IsDue(step, Options.EvalSteps) && Validate(step);
            if (step < Options.TotalSteps && stopRequested()) reason = StopReason.Interrupted;
            if (isBest || IsDue(step, Options.SaveSteps) || EarlyStopping.ShouldStop || reason == StopReason.Interrupted)
                Save(step, isBest);
        }

        if (EarlyStopping.ShouldStop && step < Options.TotalSteps) reason = StopReason.EarlyStopped;
        return new TrainingResult
        {
            Reason = reason,
            Step = step,
            BestStep = EarlyStopping.BestStep,
            BestLoss = EarlyStopping.BestLoss,
            Tokens = _tokens - tokensBefore,
            Time = clock.Elapsed,
            PeakMemory = ProcessMemory.Peak(),
        };
    }

    /// <summary>One optimizer step: gradients of every micro-batch, clipping, update.</summary>
    private StepReport Step(int step)
    {
        var clock = Stopwatch.StartNew();
        var batches = Objective.MicroBatches(Order.RowsOfStep(step));
        var labelTokens = batches.Sum(batch => batch.LabelTokens);
        var learningRate = LearningRates.Of(step);

        Model.BeginStep(step);
        var loss = batches.Sum(batch => Objective.Backward(batch, 1.0 / labelTokens)) / labelTokens;
        var gradNorm = GradientNorm.Of(Model.Tensors);
        StepGuard.Check(step, loss, gradNorm, learningRate, step == _firstStep);
        Optimizer.Step(learningRate, GradientNorm.ClipFactor(gradNorm, Options.MaxGradNorm));
        foreach (var tensor in Model.Tensors) tensor.Value.grad = null;
        CheckMoved(step, learningRate);

        var tokens = batches.Sum(batch => batch.TokenIds.Length);
        _tokens += tokens;
        return new StepReport(
            step, Order.EpochAfter(step), loss, learningRate, gradNorm, tokens, labelTokens, clock.Elapsed.TotalSeconds, ProcessMemory.Resident());
    }

    private void CheckMoved(int step, double learningRate)
    {
        if (_hasMoved || learningRate == 0) return;
        _hasMoved = true;
        if (Model.WhyStill() is { } reason)
            throw new AttuneException(ExitCode.Training, $"Step {step}: {reason}.", "Check lora.target_modules: the model may not use these layers.");
    }

    /// <summary>Validation loss; true where it is the best so far.</summary>
    private bool Validate(int step)
    {
        var clock = Stopwatch.StartNew();
        Model.EndTraining();
        if (Objective.Validate() is not { } loss) return false;
        StepGuard.CheckValidation(step, loss, LearningRates.Of(step));
        var isBest = EarlyStopping.Observe(step, loss);
        var seconds = clock.Elapsed.TotalSeconds;
        Observer.OnEvaluation(new EvaluationReport(step, Order.EpochAfter(step), loss, seconds, isBest, Sample?.Invoke()) { BitsPerByte = loss * Objective.BitsPerByteOfLoss });
        return isBest;
    }

    private void Save(int step, bool isBest)
    {
        if (Checkpoints is null) return;
        var state = new TrainingState(step, Order.EpochAfter(step), _tokens, EarlyStopping.State);
        Observer.OnCheckpoint(Checkpoints.Save(state, isBest), isBest);
    }

    private bool IsDue(int step, int every) => step % every == 0 || step == Options.TotalSteps;
}
