using Attune.Models.Architectures;
using Attune.Models.Layers;
using Attune.Models.Weights;
using Attune.Runs.Checkpoints;
using Attune.Training.Methods;
using Attune.Training.Recipes;
using Attune.Training.Recipes.Pretraining;

namespace Attune.Training.Pretraining;

/// <summary>The model of a pretraining recipe, with fp32 masters of all weights.</summary>
/// <param name="Decoder">The model.</param>
/// <param name="Trained">All of its weights.</param>
internal sealed record PretrainModel(LlamaDecoder Decoder, FullTraining Trained) : IDisposable
{
    /// <summary>Sizes and settings of the recipe's architecture.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="vocabularySize">Of its tokenizer.</param>
    /// <param name="eosId">The token that ends a text.</param>
    public static LlamaConfig Config(PretrainRecipe recipe, int vocabularySize, int eosId)
    {
        var sizes = recipe.Architecture;
        return new LlamaConfig
        {
            VocabularySize = vocabularySize,
            HiddenSize = sizes.HiddenSize,
            IntermediateSize = sizes.IntermediateSize,
            Layers = sizes.Layers,
            Heads = sizes.Heads,
            KeyValueHeads = sizes.KeyValueHeads ?? sizes.Heads,
            HeadSize = sizes.HeadSize ?? (sizes.HiddenSize / sizes.Heads),
            NormEpsilon = sizes.NormEpsilon,
            Rotary = new RotaryOptions(sizes.RopeTheta),
            MaxPositions = sizes.Context,
            TiedHead = sizes.TiedHead,
            BosId = eosId, // documents begin with it as well
            EosIds = [eosId],
        };
    }

    /// <summary>Random weights, or those of a checkpoint.</summary>
    /// <param name="recipe">With its compute type decided.</param>
    /// <param name="config">Sizes.</param>
    /// <param name="settings">Folder of the files that go with the weights.</param>
    /// <param name="from">The checkpoint; null: random weights.</param>
    public static PretrainModel Create(PretrainRecipe recipe, LlamaConfig config, string settings, Checkpoint? from)
    {
        using var weights = from is null ? new InitialWeights(config, recipe.Architecture.InitializerRange, recipe.Seed) : WeightSource.Open(from.Path);
        var decoder = LlamaDecoder.Load(config, weights, RecipePrecision.Of(recipe));
        try
        {
            return new PretrainModel(decoder, new FullTraining(decoder, weights, settings));
        }
        catch
        {
            decoder.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Decoder.Dispose();
}
