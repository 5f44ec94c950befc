namespace Attune.Training.Loop;

/// <summary>Watches a run; never changes its numbers. Called on the training thread, in the order of events.</summary>
public interface ITrainingObserver
{
    /// <summary>Before the first step, after preflight.</summary>
    void OnStart(RunArithmetic arithmetic);

    /// <summary>After every optimizer step.</summary>
    void OnStep(StepReport step);

    /// <summary>After every validation.</summary>
    void OnEvaluation(EvaluationReport evaluation);

    /// <summary>After a checkpoint is complete on disk.</summary>
    void OnCheckpoint(string folder, bool isBest);

    /// <summary>At the end, whatever ended it.</summary>
    void OnEnd(TrainingResult result);
}

/// <summary>What the run comes to, known before it starts.</summary>
public sealed record RunArithmetic
{
    /// <summary>The run directory.</summary>
    public required string RunFolder { get; init; }

    /// <summary>Training examples.</summary>
    public required int Examples { get; init; }

    /// <summary>Validation examples; 0: no validation.</summary>
    public required int ValidationExamples { get; init; }

    /// <summary>Passes over the examples.</summary>
    public required int Epochs { get; init; }

    /// <summary>Rows of an optimizer step.</summary>
    public required int EffectiveBatch { get; init; }

    /// <summary>Optimizer steps in all.</summary>
    public required int TotalSteps { get; init; }

    /// <summary>The key that makes them fewer than all epochs have.</summary>
    public string LimitedBy { get; init; } = "max_steps";

    /// <summary>The first step this process does; above 1 in a resumed run.</summary>
    public required int FirstStep { get; init; }

    /// <summary>Weights that are trained.</summary>
    public required long TrainableParameters { get; init; }

    /// <summary>All weights, adapter included.</summary>
    public required long AllParameters { get; init; }

    /// <summary>Estimated peak of resident memory, bytes.</summary>
    public required long EstimatedMemory { get; init; }

    /// <summary>Why the run takes the plain path; null: it takes the fused one.</summary>
    public string? WhyPlain { get; init; }
}

/// <summary>One optimizer step.</summary>
/// <param name="Step">From 1.</param>
/// <param name="Epoch">Passes done, as a fraction.</param>
/// <param name="Loss">Mean cross-entropy over the step's label tokens, nats.</param>
/// <param name="LearningRate">The rate the step used.</param>
/// <param name="GradNorm">2-norm of the gradient before clipping.</param>
/// <param name="Tokens">Tokens of the step, labels or not.</param>
/// <param name="LabelTokens">Tokens that carried loss.</param>
/// <param name="Seconds">Time of the step, without validation and checkpoints.</param>
/// <param name="ResidentMemory">Resident memory after the step, bytes.</param>
public sealed record StepReport(
    int Step, double Epoch, double Loss, double LearningRate, double GradNorm, int Tokens, int LabelTokens, double Seconds, long ResidentMemory);

/// <summary>One validation.</summary>
/// <param name="Step">The step after which it ran.</param>
/// <param name="Epoch">Passes done, as a fraction.</param>
/// <param name="Loss">Mean cross-entropy over all label tokens of the validation rows, nats.</param>
/// <param name="Seconds">Time it took.</param>
/// <param name="IsBest">Whether it is the best so far.</param>
/// <param name="Sample">A prompt and the model's greedy answer at this step; null where none was asked for.</param>
public sealed record EvaluationReport(
    int Step, double Epoch, double Loss, double Seconds, bool IsBest, GeneratedSample? Sample)
{
    /// <summary>The loss as bits per UTF-8 byte of the validation text; null where more than text is predicted.</summary>
    public double? BitsPerByte { get; init; }
}

/// <summary>A generated answer.</summary>
/// <param name="Prompt">What was asked.</param>
/// <param name="Answer">What the model said.</param>
public sealed record GeneratedSample(string Prompt, string Answer);

/// <summary>How a run ended.</summary>
public sealed record TrainingResult
{
    /// <summary>Why it ended.</summary>
    public required StopReason Reason { get; init; }

    /// <summary>The last step done.</summary>
    public required int Step { get; init; }

    /// <summary>The step with the lowest validation loss; null without validation.</summary>
    public required int? BestStep { get; init; }

    /// <summary>The lowest validation loss.</summary>
    public required double? BestLoss { get; init; }

    /// <summary>Tokens trained on by this process.</summary>
    public required long Tokens { get; init; }

    /// <summary>Time of this process's training, validation included.</summary>
    public required TimeSpan Time { get; init; }

    /// <summary>Highest resident memory of this process, bytes.</summary>
    public required long PeakMemory { get; init; }
}

/// <summary>Why training ended.</summary>
public enum StopReason
{
    /// <summary>All steps are done.</summary>
    Finished,

    /// <summary>Validation loss made no progress for <c>early_stopping_patience</c> validations.</summary>
    EarlyStopped,

    /// <summary>The user asked; the run can be resumed.</summary>
    Interrupted,
}
