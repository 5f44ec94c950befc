using Attune.Models.Numerics;
using Attune.Training.Recipes;
using static TorchSharp.torch;

namespace Attune.Training.Running;

/// <summary>What a recipe leaves to the machine: the compute type and the number of threads.</summary>
internal static class MachineChoices
{
    /// <summary>Decides it, and sets torch's threads.</summary>
    public static ResolvedRecipe<TRecipe> Make<TRecipe>(ResolvedRecipe<TRecipe> recipe)
        where TRecipe : TrainingRecipe
    {
        var threads = recipe.Value.Threads ?? Environment.ProcessorCount;
        set_num_threads(threads); // before anything is measured
        return recipe.Value.ComputeType == ComputeType.Auto
            ? recipe.Decided(ProductSpeeds.OfThisMachine.Best == ScalarType.BFloat16 ? ComputeType.Bfloat16 : ComputeType.Float32, threads)
            : recipe.Decided(recipe.Value.ComputeType, threads);
    }
}
