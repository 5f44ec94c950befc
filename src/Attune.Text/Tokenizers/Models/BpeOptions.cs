namespace Attune.Text.Tokenizers.Models;

/// <summary>The options of a BPE model in tokenizer.json.</summary>
internal sealed record BpeOptions
{
    /// <summary>Stands for symbols outside the vocabulary; null: they are left out.</summary>
    public string? UnknownToken { get; init; }

    /// <summary>Put before every symbol but the first of a piece.</summary>
    public string ContinuingSubwordPrefix { get; init; } = "";

    /// <summary>Put after the last symbol of a piece.</summary>
    public string EndOfWordSuffix { get; init; } = "";

    /// <summary>Whether neighbouring unknown symbols become one.</summary>
    public bool FuseUnknown { get; init; }

    /// <summary>Whether a symbol outside the vocabulary becomes the tokens <c>&lt;0xNN&gt;</c> of its bytes.</summary>
    public bool ByteFallback { get; init; }

    /// <summary>Whether a piece that is in the vocabulary as a whole is one token, whatever the merges say.</summary>
    public bool IgnoreMerges { get; init; }
}
