namespace Attune.Runs.Metrics;

/// <summary>Names of metrics, as the Hugging Face Trainer made them familiar.</summary>
public static class MetricNames
{
    /// <summary>Optimizer step, from 1.</summary>
    public const string Step = "step";

    /// <summary>When the row was written: seconds since 1970, UTC.</summary>
    public const string Time = "time";

    /// <summary>Passes over the training rows, as a fraction.</summary>
    public const string Epoch = "epoch";

    /// <summary>Mean cross-entropy over the step's label tokens, nats.</summary>
    public const string Loss = "loss";

    /// <summary>Mean cross-entropy over the validation rows' label tokens, nats.</summary>
    public const string EvalLoss = "eval_loss";

    /// <summary>The validation loss as bits per UTF-8 byte of the validation text.</summary>
    public const string EvalBitsPerByte = "eval_bits_per_byte";

    /// <summary>Seconds that the validation took.</summary>
    public const string EvalRuntime = "eval_runtime";

    /// <summary>The rate the step used.</summary>
    public const string LearningRate = "learning_rate";

    /// <summary>2-norm of the gradient before clipping.</summary>
    public const string GradNorm = "grad_norm";

    /// <summary>Tokens of the step, labels or not, per second.</summary>
    public const string TrainTokensPerSecond = "train_tokens_per_second";

    /// <summary>Tokens trained on since the run began.</summary>
    public const string NumInputTokensSeen = "num_input_tokens_seen";

    /// <summary>Mean loss over all steps; in the last row.</summary>
    public const string TrainLoss = "train_loss";

    /// <summary>Seconds of training; in the last row.</summary>
    public const string TrainRuntime = "train_runtime";

    /// <summary>The checkpoint from which a resumed run goes on.</summary>
    public const string ResumedFrom = "resumed_from";
}
