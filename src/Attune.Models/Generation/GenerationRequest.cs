namespace Attune.Models.Generation;

/// <summary>A prompt and how to go on from it.</summary>
/// <param name="PromptIds">Token ids of the prompt, at least one.</param>
public sealed record GenerationRequest(int[] PromptIds)
{
    /// <summary>How tokens are chosen.</summary>
    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>Most tokens generated, at least 1.</summary>
    public int MaxNewTokens { get; init; } = 256;

    /// <summary>Tokens that end the text; their own text is no part of it.</summary>
    public IReadOnlyCollection<int> StopTokenIds { get; init; } = [];

    /// <summary>Texts that end the text; neither they nor what follows is part of it.</summary>
    public IReadOnlyList<string> StopStrings { get; init; } = [];
}

/// <summary>What was generated.</summary>
/// <param name="TokenIds">The new token ids, with the stop token or the tokens of the stop string.</param>
/// <param name="Text">The new text, without special tokens and stop strings.</param>
/// <param name="FinishReason">Why it ended.</param>
public sealed record GenerationResult(int[] TokenIds, string Text, FinishReason FinishReason);

/// <summary>Why a text ended.</summary>
public enum FinishReason
{
    /// <summary>The most new tokens, or the end of the model's context, was reached.</summary>
    Length,

    /// <summary>A stop token.</summary>
    StopToken,

    /// <summary>A stop string.</summary>
    StopString,
}
