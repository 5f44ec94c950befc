using System.ComponentModel.DataAnnotations;

namespace Attune.Training.Recipes.Pretraining;

/// <summary>The <c>architecture:</c> section of a pretraining recipe: sizes of a Llama-family decoder and how its weights begin.</summary>
public sealed record ArchitectureOptions
{
    /// <summary>Width of the residual stream.</summary>
    [Range(1, 65_536)]
    public int HiddenSize { get; init; } = 320;

    /// <summary>Width of the feed-forward block.</summary>
    [Range(1, 262_144)]
    public int IntermediateSize { get; init; } = 864;

    /// <summary>Decoder layers.</summary>
    [Range(1, 1_024)]
    public int Layers { get; init; } = 10;

    /// <summary>Query heads.</summary>
    [Range(1, 1_024)]
    public int Heads { get; init; } = 5;

    /// <summary>Key and value heads, which divide the query heads among themselves; null: as many as <see cref="Heads"/>.</summary>
    [Range(1, 1_024)]
    public int? KeyValueHeads { get; init; }

    /// <summary>Size of a head, an even number; null: hidden_size ÷ heads.</summary>
    [Range(2, 4_096)]
    public int? HeadSize { get; init; }

    /// <summary>Positions the model is made for, tokens.</summary>
    [Range(2, int.MaxValue)]
    public int Context { get; init; } = 1024;

    /// <summary>Base of the rotary position embeddings.</summary>
    [Range(1d, double.MaxValue, MinimumIsExclusive = true)]
    public double RopeTheta { get; init; } = 10_000;

    /// <summary>Whether the embedding is also the output layer's weight.</summary>
    public bool TiedHead { get; init; } = true;

    /// <summary>Epsilon of the RMS norms.</summary>
    [Range(0d, 1d, MinimumIsExclusive = true)]
    public double NormEpsilon { get; init; } = 1e-5;

    /// <summary>
    /// Standard deviation of the normal distribution that weights are drawn from; for the two projections of a layer that
    /// add to the residual stream divided by √(2 × layers) (Radford et al. 2019). Norms begin at 1.
    /// </summary>
    [Range(0d, 10d, MinimumIsExclusive = true)]
    public double InitializerRange { get; init; } = 0.02;
}
