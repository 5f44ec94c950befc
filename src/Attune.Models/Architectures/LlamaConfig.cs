using Attune.Models.Layers;

namespace Attune.Models.Architectures;

/// <summary>Sizes and settings of a Llama-family decoder.</summary>
public sealed record LlamaConfig
{
    /// <summary>Tokens of the vocabulary.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Width of the feed-forward block.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Decoder layers.</summary>
    public required int Layers { get; init; }

    /// <summary>Query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Key and value heads; each serves <see cref="Heads"/> ÷ this many query heads that lie together.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Size of a head; need not be <see cref="HiddenSize"/> ÷ <see cref="Heads"/>.</summary>
    public required int HeadSize { get; init; }

    /// <summary>ε of the RMS norms.</summary>
    public double NormEpsilon { get; init; } = 1e-6;

    /// <summary>Rotary position embeddings.</summary>
    public required RotaryOptions Rotary { get; init; }

    /// <summary>Positions the model was made for.</summary>
    public int MaxPositions { get; init; } = 2048;

    /// <summary>Whether the embedding is also the output layer's weight.</summary>
    public bool TiedHead { get; init; }

    /// <summary>Whether the projections of attention have biases.</summary>
    public bool AttentionBias { get; init; }

    /// <summary>Whether the feed-forward block's layers have biases.</summary>
    public bool MlpBias { get; init; }

    /// <summary>The token that pads; its row of the embedding gets no gradient from the lookup. Null: none.</summary>
    public int? PaddingId { get; init; }

    /// <summary>The token a text begins with; null: none.</summary>
    public int? BosId { get; init; }

    /// <summary>The tokens that end a text.</summary>
    public IReadOnlyList<int> EosIds { get; init; } = [];

    /// <summary>The same configuration, if a decoder can be built from it.</summary>
    internal LlamaConfig Checked(string path)
    {
        Require(VocabularySize > 0 && HiddenSize > 0 && IntermediateSize > 0 && Layers > 0 && Heads > 0 && KeyValueHeads > 0 && MaxPositions > 0,
            "sizes and counts must be above 0");
        Require(KeyValueHeads > 0 && Heads % KeyValueHeads == 0, $"{Heads} query heads do not divide among {KeyValueHeads} key/value heads");
        Require(HeadSize > 0 && HeadSize % 2 == 0, $"the head size is {HeadSize}; rotary positions need an even one");
        Require(NormEpsilon > 0, $"the epsilon of the norms is {NormEpsilon}; it must be above 0");
        Require(Rotary is { Theta: > 1, Factor: > 0 } && (Rotary.Scaling == RotaryScaling.Default || Rotary.OriginalPositions > 0),
            "rotary base, factor and original positions must be above 1, 0 and 0");
        foreach (var id in EosIds.Append(PaddingId ?? 0).Append(BosId ?? 0))
            Require(id < VocabularySize, $"token id {id} is not in the vocabulary of {VocabularySize}");
        return this;

        void Require(bool holds, string otherwise)
        {
            if (!holds) throw new AttuneException(ExitCode.Model, $"{path}: {otherwise}.");
        }
    }
}
