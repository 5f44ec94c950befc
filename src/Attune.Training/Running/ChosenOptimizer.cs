using Attune.Training.Optimizers;
using Attune.Training.Recipes;

namespace Attune.Training.Running;

/// <summary>The optimizer a recipe names.</summary>
public static class ChosenOptimizer
{
    /// <summary>Makes it, with fresh state.</summary>
    /// <param name="recipe">Its kind and settings.</param>
    /// <param name="tensors">What it trains.</param>
    public static IOptimizer Of(Recipe recipe, IEnumerable<TrainedTensor> tensors)
    {
        var options = new AdamWOptions
        {
            Beta1 = recipe.AdamBeta1, Beta2 = recipe.AdamBeta2, Epsilon = recipe.AdamEpsilon, WeightDecay = recipe.WeightDecay,
        };
        return recipe.Optimizer == OptimizerKind.AdamW8bit ? new AdamW8bit(tensors, options) : new AdamW(tensors, options);
    }

    /// <summary>Size of its state, bytes, before it is made.</summary>
    /// <param name="kind">Which optimizer.</param>
    /// <param name="tensors">What it trains.</param>
    public static long StateBytes(OptimizerKind kind, IEnumerable<TrainedTensor> tensors) =>
        tensors.Sum(tensor => kind == OptimizerKind.AdamW8bit ? AdamW8bit.BytesOf(tensor.Value.numel()) : AdamW.BytesOf(tensor.Value.numel()));
}
