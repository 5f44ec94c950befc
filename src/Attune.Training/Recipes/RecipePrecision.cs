using Attune.Models.Numerics;
using static TorchSharp.torch;

namespace Attune.Training.Recipes;

/// <summary>The types of a model's numbers that a recipe asks for.</summary>
public static class RecipePrecision
{
    /// <summary>Of a recipe whose compute type is decided.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="quantization">Of frozen weights.</param>
    public static Precision Of(TrainingRecipe recipe, Quantization quantization = Quantization.None)
    {
        var compute = recipe.ComputeType == ComputeType.Bfloat16 ? ScalarType.BFloat16 : ScalarType.Float32;
        var storage = recipe.StorageType == StorageType.Bfloat16 ? ScalarType.BFloat16 : compute;
        return new Precision(compute, storage, quantization);
    }
}
