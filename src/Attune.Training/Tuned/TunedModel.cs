using Attune.Models;
using Attune.Models.Adapters.Lora;
using Attune.Models.Numerics;
using Attune.Runs;
using Attune.Runs.Checkpoints;
using Attune.Training.Recipes;
using static TorchSharp.torch;

namespace Attune.Training.Tuned;

/// <summary>The model a run made: its base with the adapter or the weights of its best checkpoint, else its last.</summary>
public static class TunedModel
{
    /// <summary>Loads it as it was trained: an adapter stays beside its base, which is quantized where it was.</summary>
    /// <param name="run">The run.</param>
    /// <param name="notice">Is told, in a sentence, of a damaged checkpoint that was passed over.</param>
    /// <param name="type">Compute type; null: the run's own.</param>
    /// <exception cref="AttuneException">There is no whole checkpoint, or the base model is missing or another one.</exception>
    public static LanguageModel Load(RunDirectory run, Action<string> notice, ScalarType? type = null)
    {
        if (run.Kind == RunKind.Pretraining)
        {
            var trained = RecipePrecision.Of(RecipeLoader.Load(RecipeKind.Pretraining, run.RecipePath).Value);
            return LanguageModel.Load(CheckpointReader.ForUse(run, notice).Path, Asked(trained));
        }

        var recipe = RecipeLoader.Load(run.RecipePath).Value;
        return Load(run, recipe, notice, Asked(RecipePrecision.Of(recipe, recipe.Quantization)), merge: false);

        Precision Asked(Precision own) => type is { } other ? own with { Compute = other, Storage = other } : own;
    }

    /// <summary>Loads it in fp32 with its adapter added into the weights.</summary>
    /// <param name="run">The run.</param>
    /// <param name="notice">Is told, in a sentence, of a damaged checkpoint that was passed over.</param>
    /// <exception cref="AttuneException">There is no whole checkpoint, or the base model is missing or another one.</exception>
    public static LanguageModel LoadMerged(RunDirectory run, Action<string> notice) => run.Kind == RunKind.Pretraining
        ? Load(run, notice, ScalarType.Float32)
        : Load(run, RecipeLoader.Load(run.RecipePath).Value, notice, new Precision(ScalarType.Float32), merge: true);

    private static LanguageModel Load(RunDirectory run, Recipe recipe, Action<string> notice, Precision precision, bool merge)
    {
        var checkpoint = CheckpointReader.ForUse(run, notice);
        if (recipe.Method == Method.Full) return LanguageModel.Load(checkpoint.Path, precision); // a whole model folder
        var model = LanguageModel.Load(recipe.Model!, precision);
        try
        {
            var adapter = LoraAdapter.Load(checkpoint.Path, model.Decoder);
            if (merge) adapter.Merge();
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }
}
