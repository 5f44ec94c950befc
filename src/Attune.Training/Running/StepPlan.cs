using Attune.Models.Architectures;
using Attune.Models.Fused;
using Attune.Training.Methods;
using Attune.Training.Preflight;
using Attune.Training.Recipes;

namespace Attune.Training.Running;

/// <summary>How the steps of a run are computed: on which path, in micro-batches of which size, in how much memory.</summary>
/// <param name="WhyPlain">Why the run takes the plain path, for users; null: it takes the fused one.</param>
/// <param name="MicroBatchTokens">Tokens of a micro-batch at most; a longer row is one by itself.</param>
/// <param name="Checkpointing">Whether layers are computed again.</param>
/// <param name="LargestMicroBatch">Tokens of the largest micro-batch of any step.</param>
/// <param name="TrainableParameters">How many numbers are trained.</param>
/// <param name="Memory">What a step needs at its peak.</param>
public sealed record StepPlan(
    string? WhyPlain, int MicroBatchTokens, ActivationCheckpointing Checkpointing, int LargestMicroBatch, long TrainableParameters, MemoryEstimate Memory)
{
    private static long MachineMemory => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>Decides what a recipe leaves open.</summary>
    /// <param name="recipe">What it sets itself stays.</param>
    /// <param name="decoder">The model.</param>
    /// <param name="trained">What of it is trained.</param>
    /// <param name="longest">Tokens of the longest row.</param>
    /// <param name="largest">Tokens of the largest micro-batch of any step, given the most that one may have.</param>
    internal static StepPlan Of(TrainingRecipe recipe, LlamaDecoder decoder, ITrainedModel trained, int longest, Func<int, int> largest)
    {
        var whyPlain = recipe.TrainingPath == TrainingPath.Plain ? "training_path is plain" : FusedDecoder.WhyNot(decoder);
        var parameters = trained.Tensors.Sum(tensor => tensor.Value.numel());
        var state = ChosenOptimizer.StateBytes(recipe.Optimizer, trained.Tensors);
        var (tokens, checkpointing) = MicroBatchSizes.Choose(recipe, longest, whyPlain is null, (most, again) => MemoryOf(most, again).Total <= MachineMemory);
        return new StepPlan(whyPlain, tokens, checkpointing, largest(tokens), parameters, MemoryOf(tokens, checkpointing == ActivationCheckpointing.Layer));

        MemoryEstimate MemoryOf(int most, bool recomputes) =>
            MemoryEstimate.Of(decoder, new StepShape(whyPlain is null, recomputes, largest(most), longest), parameters, state);
    }

    /// <summary>Stops a run that cannot be.</summary>
    /// <param name="recipe">With everything decided.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Recipe"/>, <see cref="ExitCode.Preflight"/>.</exception>
    internal void RequireSense(TrainingRecipe recipe)
    {
        MicroBatchSizes.RequirePath(recipe, WhyPlain);
        if (PreflightCheck.OfMemory(Memory, MachineMemory) is { } memory) PreflightCheck.Require([memory], recipe.Allow);
    }
}
