using System.ComponentModel.DataAnnotations;
using Attune.Data.Corpus;

namespace Attune.Training.Recipes.Pretraining;

/// <summary>
/// Everything a run of <c>attune pretrain</c> needs, as read from YAML. Keys are these properties in snake_case; sections
/// (<c>architecture</c>, <c>tokenizer</c>, <c>data</c>) are nested maps.
/// </summary>
public sealed record PretrainRecipe : TrainingRecipe
{
    /// <summary>Takes the defaults that are others than those of fine-tuning.</summary>
    public PretrainRecipe()
    {
        Epochs = 1;
        LearningRate = 2e-3;
        WeightDecay = 0.1;
        AdamBeta2 = 0.95;
        LrScheduler = LearningRateSchedule.WarmupStableDecay;
        WarmupRatio = 0.02;
    }

    /// <summary>Short name, part of the run directory's name.</summary>
    public override string Name { get; init; } = "pretrain";

    /// <summary>Sizes of the model.</summary>
    public ArchitectureOptions Architecture { get; init; } = new();

    /// <summary>Text to ids.</summary>
    public TokenizerOptions Tokenizer { get; init; } = new();

    /// <summary>Where documents come from.</summary>
    public CorpusOptions Data { get; init; } = new();

    /// <summary>Tokens of a row at most, and no more than architecture.context: documents are packed into rows of this size.</summary>
    [Range(2, int.MaxValue)]
    public int MaxSequenceLength { get; init; } = 1024;

    /// <summary>Tokens of an optimizer step: as many whole rows as they hold, at least one.</summary>
    [Range(1, int.MaxValue)]
    public int TokensPerStep { get; init; } = 32_768;

    /// <summary>Tokens to train on in all, over as many passes as that takes; null: <see cref="TrainingRecipe.Epochs"/> passes.</summary>
    [Range(1d, 1e15)]
    public double? TotalTokens { get; init; }
}
