using Attune.Data.Preparation;
using Attune.Models;
using Attune.Training.Recipes;

namespace Attune.Training.Running;

/// <summary>How a recipe's rows become a model's examples.</summary>
public static class RowPreparation
{
    /// <summary>The model's tokenizer and template with the recipe's settings; no row is longer than the model's context.</summary>
    public static RowPreparer Of(Recipe recipe, LanguageModel model) => new(model.Tokenizer, model.Chat, new PreparationOptions
    {
        TrainOn = recipe.TrainOn,
        MaxSequenceLength = Math.Min(recipe.MaxSequenceLength, model.Decoder.Config.MaxPositions),
        TruncationMode = recipe.Data.TruncationMode,
        BosToken = model.TokenizerConfig.BosToken,
        EosToken = recipe.Data.EosToken ?? model.TokenizerConfig.EosToken,
        PadToken = model.TokenizerConfig.PadToken,
    });
}
