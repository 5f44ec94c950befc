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

    /// <summary>The last steps, in which <see cref="LearningRateSchedule.WarmupStableDecay"/> comes down; those after warmup where they are fewer.</summary>
    public int DecaySteps { get; init; }

    /// <summary>How it comes down there.</summary>
    public DecayType DecayType { get; init; } = DecayType.Linear;

    /// <summary>Where a shape that comes down ends, as a share of the peak.</summary>
    public double MinimumShare { get; init; }

    /// <summary>The rates that a recipe asks for.</summary>
    /// <param name="recipe">Its schedule.</param>
    /// <param name="totalSteps">Optimizer steps of the run.</param>
    public static LearningRates Of(TrainingRecipe recipe, int totalSteps) => new(
        recipe.LrScheduler, recipe.LearningRate, recipe.WarmupSteps ?? StepsOf(recipe.WarmupRatio, totalSteps), totalSteps)
    {
        DecaySteps = StepsOf(recipe.DecayRatio, totalSteps), DecayType = recipe.DecayType, MinimumShare = recipe.MinLrRatio,
    };

    /// <summary>Refuses rates with which nothing would be learned.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Preflight"/>.</exception>
    public void RequireSense()
    {
        if (Of(totalSteps) == 0 && totalSteps == 1)
            throw new AttuneException(ExitCode.Preflight, "The run has a single step and it is one of warmup, with learning rate 0: nothing would be learned.", "Write warmup_steps: 0, or give more rows or epochs.");
    }

    /// <summary>Steps from a share of all steps, rounded up.</summary>
    public static int StepsOf(double share, int totalSteps) => (int)Math.Ceiling(totalSteps * share);

    /// <summary>The rate that a step uses.</summary>
    /// <param name="step">From 1.</param>
    public double Of(int step)
    {
        var done = step - 1;
        if (done < WarmupSteps) return peak * ((double)done / WarmupSteps);
        double after = Math.Max(1, totalSteps - WarmupSteps);
        return peak * schedule switch
        {
            LearningRateSchedule.Constant => 1,
            LearningRateSchedule.Linear => Above(Math.Max(0, (totalSteps - done) / after)),
            LearningRateSchedule.Cosine => Above(Math.Max(0, 0.5 * (1 + Math.Cos(Math.PI * ((done - WarmupSteps) / after))))),
            LearningRateSchedule.WarmupStableDecay => Above(OfDecay(done)),
            _ => throw new ArgumentOutOfRangeException(nameof(step), schedule, "unknown schedule"),
        };
    }

    private double Above(double share) => MinimumShare + ((1 - MinimumShare) * share);

    private double OfDecay(int done)
    {
        var steps = Math.Min(DecaySteps, totalSteps - WarmupSteps);
        var into = done - (totalSteps - steps);
        if (into <= 0) return 1;
        var progress = Math.Min(1, (double)into / steps);
        return 1 - (DecayType == DecayType.Linear ? progress : Math.Sqrt(progress));
    }
}
