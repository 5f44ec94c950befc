using System.ComponentModel.DataAnnotations;

namespace Attune.Models.Adapters.Lora;

/// <summary>
/// The <c>lora:</c> section of a recipe. Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models":
/// y = W x + scaling · B A x, with A [rank, in] and B [out, rank].
/// </summary>
public sealed record LoraOptions
{
    /// <summary>Rank r, at least 1.</summary>
    [Range(1, int.MaxValue)]
    public int Rank { get; init; } = 16;

    /// <summary>Alpha: scaling = alpha / rank, or alpha / sqrt(rank) when rank-stabilised.</summary>
    [Range(0d, double.MaxValue, MinimumIsExclusive = true)]
    public double Alpha { get; init; } = 32;

    /// <summary>Probability with which an element of A's input is dropped in training, in [0, 1).</summary>
    [Range(0d, 1d, MaximumIsExclusive = true)]
    public double Dropout { get; init; }

    /// <summary>
    /// <c>all-linear</c>, module names or endings, or one regular expression that matches whole names
    /// (a single entry that holds a regular-expression character).
    /// </summary>
    public IReadOnlyList<string> TargetModules { get; init; } = ["all-linear"];

    /// <summary>Rank-stabilised scaling (Kalajdzievski 2023).</summary>
    public bool UseRslora { get; init; }

    /// <summary>Modules trained and saved in full beside the adapter.</summary>
    public IReadOnlyList<string> ModulesToSave { get; init; } = [];
}
