using Attune.Data.Batching;
using Attune.Training.Loop;
using Attune.Training.Recipes;
using Attune.Training.Recipes.Pretraining;
using Attune.Training.Running;
using Attune.Training.Schedules;

namespace Attune.Training.Pretraining;

/// <summary>What a pretraining run comes to: rows, steps, tokens, memory.</summary>
public sealed class PretrainPlan
{
    internal PretrainPlan(ResolvedRecipe<PretrainRecipe> recipe, PretrainModel model, long tokens, int validationWindows)
    {
        var value = recipe.Value;
        var row = value.MaxSequenceLength;
        RowTokens = row;
        TokensOfEpoch = tokens;
        ValidationWindows = validationWindows;
        var rows = checked((int)((tokens - 1) / row) + 1);
        var rowsOfStep = Math.Max(1, value.TokensPerStep / row);
        var stepsOfEpoch = ((rows - 1) / rowsOfStep) + 1;
        var wanted = value.TotalTokens is { } total ? checked((int)Math.Ceiling(total / tokens * stepsOfEpoch)) : (int?)null;
        Order = new DataOrder(rows, rowsOfStep, wanted is { } steps ? ((steps - 1) / stepsOfEpoch) + 1 : value.Epochs, value.Seed);
        TotalSteps = Math.Min(wanted ?? Order.TotalSteps, value.MaxSteps ?? int.MaxValue);
        LimitedBy = TotalSteps == wanted ? "total_tokens" : "max_steps";
        LearningRates = LearningRates.Of(value, TotalSteps);

        Steps = StepPlan.Of(value, model.Decoder, model.Trained, row, most => row * Math.Clamp(most / row, 1, Math.Min(rowsOfStep, rows)));
        Recipe = recipe.Decided(Steps.MicroBatchTokens, Steps.Checkpointing);
    }

    /// <summary>The recipe, with what was left to be chosen.</summary>
    public ResolvedRecipe<PretrainRecipe> Recipe { get; }

    /// <summary>Tokens of a row.</summary>
    public int RowTokens { get; }

    /// <summary>Tokens of the documents, which is a pass.</summary>
    public long TokensOfEpoch { get; }

    /// <summary>Tokens of all steps, but for rows at the end of an epoch that are shorter.</summary>
    public long TotalTokens => Math.Min((long)TotalSteps * Order.EffectiveBatch * RowTokens, TokensOfEpoch * Order.Epochs);

    /// <summary>Samples of a validation.</summary>
    public int ValidationWindows { get; }

    /// <summary>Which rows each step takes.</summary>
    public DataOrder Order { get; }

    /// <summary>Optimizer steps of the run.</summary>
    public int TotalSteps { get; }

    /// <summary>The rate of each step.</summary>
    public LearningRates LearningRates { get; }

    /// <summary>How its steps are computed.</summary>
    public StepPlan Steps { get; }

    private string LimitedBy { get; }

    /// <summary>The arithmetic for screens.</summary>
    /// <param name="runFolder">The run directory, or where it would be made.</param>
    /// <param name="firstStep">The first step this process does.</param>
    public RunArithmetic Arithmetic(string runFolder, int firstStep = 1) => new()
    {
        RunFolder = runFolder,
        Examples = Order.Examples,
        ValidationExamples = ValidationWindows,
        Epochs = Order.Epochs,
        EffectiveBatch = Order.EffectiveBatch,
        TotalSteps = TotalSteps,
        LimitedBy = LimitedBy,
        FirstStep = firstStep,
        TrainableParameters = Steps.TrainableParameters,
        AllParameters = Steps.TrainableParameters, // all of the model
        EstimatedMemory = Steps.Memory.Total,
        WhyPlain = Steps.WhyPlain,
    };

    /// <summary>Stops a run that cannot be.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Preflight"/>.</exception>
    internal void RequireSense()
    {
        Steps.RequireSense(Recipe.Value);
        LearningRates.RequireSense();
    }
}
