namespace Attune.Data.Preparation;

/// <summary>How rows become examples.</summary>
public sealed record PreparationOptions
{
    /// <summary>Which tokens carry loss; plain text always does, and masks of token rows are always obeyed.</summary>
    public TrainOn TrainOn { get; init; } = TrainOn.Assistant;

    /// <summary>Longer rows are cut to so many tokens; null keeps them whole.</summary>
    public int? MaxSequenceLength { get; init; }

    /// <summary>Which end of an over-long row stays.</summary>
    public TruncationMode TruncationMode { get; init; } = TruncationMode.KeepStart;

    /// <summary>The beginning-of-text token; null where the tokenizer has none.</summary>
    public string? BosToken { get; init; }

    /// <summary>The token that ends texts and completions; null where the tokenizer has none.</summary>
    public string? EosToken { get; init; }

    /// <summary>The padding token of the model's files; Attune pads nothing, it only looks whether labels were masked by it.</summary>
    public string? PadToken { get; init; }
}
