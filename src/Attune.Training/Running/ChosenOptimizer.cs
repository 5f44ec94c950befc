using Attune.Kernels.Memory;
using Attune.Kernels.Products;
using Attune.Training.Optimizers;
using Attune.Training.Recipes;

namespace Attune.Training.Running;

/// <summary>The optimizer a recipe names.</summary>
public static class ChosenOptimizer
{
    /// <summary>Makes it, with fresh state.</summary>
    /// <param name="recipe">Its kind and settings.</param>
    /// <param name="tensors">What it trains.</param>
    public static IOptimizer Of(TrainingRecipe recipe, IEnumerable<TrainedTensor> tensors)
    {
        var options = new AdamWOptions
        {
            Beta1 = recipe.AdamBeta1, Beta2 = recipe.AdamBeta2, Epsilon = recipe.AdamEpsilon, WeightDecay = recipe.WeightDecay,
        };
        return recipe.Optimizer switch
        {
            OptimizerKind.AdamW8bit => new AdamW8bit(tensors, options),
            OptimizerKind.Muon => MuonOf(recipe, tensors, options),
            _ => new AdamW(tensors, options),
        };
    }

    /// <summary>Size of its state, bytes, before it is made.</summary>
    /// <param name="kind">Which optimizer.</param>
    /// <param name="tensors">What it trains.</param>
    public static long StateBytes(OptimizerKind kind, IEnumerable<TrainedTensor> tensors) => tensors.Sum(tensor => kind switch
    {
        OptimizerKind.AdamW8bit => AdamW8bit.BytesOf(tensor.Value.numel()),
        OptimizerKind.Muon => Muon.BytesOf(tensor),
        _ => AdamW.BytesOf(tensor.Value.numel()),
    });

    // Newton–Schulz in bf16, as its authors do it, where there is a kernel for it: twice as fast as fp32.
    private static Muon MuonOf(TrainingRecipe recipe, IEnumerable<TrainedTensor> tensors, AdamWOptions others)
    {
        var options = new MuonOptions
        {
            Momentum = recipe.MuonMomentum, WeightDecay = recipe.WeightDecay, RateFactor = (recipe.MuonLearningRate ?? recipe.LearningRate) / recipe.LearningRate,
        };
        var kernel = ProductKernel.Of(ElementType.BFloat16) ?? ProductKernel.Of(ElementType.Float32)!;
        return new Muon(tensors, options, others, kernel, recipe.Threads ?? Environment.ProcessorCount);
    }
}
