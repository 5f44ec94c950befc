namespace Attune.Training.Loop;

/// <summary>What stops a run: numbers that can only come from a mistake.</summary>
internal static class StepGuard
{
    /// <summary>After the gradients of a step, before the optimizer uses them.</summary>
    /// <param name="step">From 1.</param>
    /// <param name="loss">Its loss.</param>
    /// <param name="gradNorm">2-norm of the gradient.</param>
    /// <param name="learningRate">The step's rate, for the hint.</param>
    /// <param name="isFirst">Whether it is the first step of this process.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Training"/>.</exception>
    public static void Check(int step, double loss, double gradNorm, double learningRate, bool isFirst)
    {
        if (!double.IsFinite(loss))
        {
            throw new AttuneException(ExitCode.Training, $"Step {step}: the loss is {Name(loss)}; the step was not taken.",
                step == 1
                    ? "The weights or the data are damaged: nothing was trained yet. Check the model with: attune generate --model"
                    : Lower(learningRate));
        }

        if (!double.IsFinite(gradNorm))
        {
            throw new AttuneException(ExitCode.Training,
                $"Step {step}: the gradient is {Name(gradNorm)} while the loss is {loss:0.####}; the step was not taken.",
                $"{Lower(learningRate)} With compute_type: bfloat16, try float32.");
        }

        if (isFirst && gradNorm == 0)
        {
            throw new AttuneException(ExitCode.Training,
                $"Step {step}: every gradient is zero: nothing that is trained has an influence on the loss.",
                "Check lora.target_modules and lora.modules_to_save.");
        }
    }

    /// <summary>After a validation.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Training"/>.</exception>
    public static void CheckValidation(int step, double loss, double learningRate)
    {
        if (!double.IsFinite(loss))
        {
            throw new AttuneException(
                ExitCode.Training, $"Step {step}: the validation loss is {Name(loss)}: training has diverged; the last checkpoint is from before.", Lower(learningRate));
        }
    }

    private static string Lower(double learningRate) =>
        $"Train again with a lower learning_rate than {learningRate:0.###e+0} or a smaller max_grad_norm.";

    private static string Name(double value) => double.IsNaN(value) ? "not a number" : "infinite";
}
