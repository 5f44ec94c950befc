using Attune.Data.Batching;
using Attune.Models.Fused;
using Attune.Training.Loop;
using Attune.Training.Preflight;
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

        Parameters = model.Trained.Tensors.Sum(tensor => tensor.Value.numel());
        WhyPlain = value.TrainingPath == TrainingPath.Plain ? "training_path is plain" : FusedDecoder.WhyNot(model.Decoder);
        var state = ChosenOptimizer.StateBytes(value.Optimizer, model.Trained.Tensors);
        var (microBatch, checkpointing) = MicroBatchSizes.Choose(value, row, WhyPlain is null, (micro, again) => MemoryOf(micro, again).Total <= MachineMemory);
        Recipe = recipe.Decided(microBatch, checkpointing);
        LargestMicroBatch = Largest(microBatch);
        Memory = MemoryOf(microBatch, checkpointing == ActivationCheckpointing.Layer);

        int Largest(int micro) => row * Math.Clamp(micro / row, 1, Math.Min(rowsOfStep, rows));

        MemoryEstimate MemoryOf(int micro, bool recomputes) =>
            MemoryEstimate.Of(model.Decoder, new StepShape(WhyPlain is null, recomputes, Largest(micro), row), Parameters, state);
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

    /// <summary>Numbers of the model, all of which are trained.</summary>
    public long Parameters { get; }

    /// <summary>What a step needs at its peak.</summary>
    public MemoryEstimate Memory { get; }

    /// <summary>Tokens of the largest micro-batch.</summary>
    public int LargestMicroBatch { get; }

    /// <summary>Why the run takes the plain path, for users; null: it takes the fused one.</summary>
    public string? WhyPlain { get; }

    private string LimitedBy { get; }

    private static long MachineMemory => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

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
        TrainableParameters = Parameters,
        AllParameters = Parameters,
        EstimatedMemory = Memory.Total,
        WhyPlain = WhyPlain,
    };

    /// <summary>Stops a run that cannot be.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Preflight"/>.</exception>
    internal void RequireSense()
    {
        MicroBatchSizes.RequirePath(Recipe.Value, WhyPlain);
        if (PreflightCheck.OfMemory(Memory, MachineMemory) is { } memory) PreflightCheck.Require([memory], Recipe.Value.Allow);
        LearningRates.RequireSense();
    }
}
