using Attune.Training.Recipes;

namespace Attune.Training.Schedules;

/// <summary>The learning rate of every optimizer step: a linear warmup from 0, then the schedule's shape.</summary>
/// <param name="schedule">The shape after warmup.</param>
/// <param name="peak">The rate at the end of warmup.</param>
/// <param name="warmupSteps">Steps of warmup; with any, the first step has rate 0.</param>
/// <param name="totalSteps">Optimizer steps of the run.</param>
public sealed class LearningRates(LearningRateSchedule schedule, double peak, int warmupSteps, int totalSteps)
{
    /// <summary>Steps of warmup.</summary>
    public int WarmupSteps { get; } = warmupSteps;

    /// <summary>Warmup steps from a share of all steps, rounded up.</summary>
    public static int WarmupOf(double ratio, int totalSteps) => (int)Math.Ceiling(totalSteps * ratio);

    /// <summary>The rate that a step uses.</summary>
    /// <param name="step">From 1.</param>
    public double Of(int step)
    {
        var done = step - 1;
        if (schedule == LearningRateSchedule.Constant || done < WarmupSteps)
            return done < WarmupSteps ? peak * ((double)done / WarmupSteps) : peak;
        double after = Math.Max(1, totalSteps - WarmupSteps);
        return schedule switch
        {
            LearningRateSchedule.Linear => peak * Math.Max(0, (totalSteps - done) / after),
            LearningRateSchedule.Cosine => peak * Math.Max(0, 0.5 * (1 + Math.Cos(Math.PI * ((done - WarmupSteps) / after)))),
            _ => throw new ArgumentOutOfRangeException(nameof(step), schedule, "unknown schedule"),
        };
    }
}
