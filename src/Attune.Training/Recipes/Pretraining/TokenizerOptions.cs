using System.ComponentModel.DataAnnotations;

namespace Attune.Training.Recipes.Pretraining;

/// <summary>The <c>tokenizer:</c> section of a pretraining recipe: one that exists, or one that is trained on the documents.</summary>
public sealed record TokenizerOptions
{
    /// <summary>A <c>tokenizer.json</c> to take; null: a byte-level BPE tokenizer is trained on the training documents.</summary>
    public string? Path { get; init; }

    /// <summary>Entries of the vocabulary to train, special tokens and the 256 bytes included.</summary>
    [Range(257, 10_000_000)]
    public int VocabularySize { get; init; } = 8192;

    /// <summary>The first entries of the vocabulary to train; within documents they are plain text.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = ["<|endoftext|>"];

    /// <summary>The token put before and after every document, one of the special tokens or of the tokenizer taken.</summary>
    public string EosToken { get; init; } = "<|endoftext|>";

    /// <summary>A chat template (Jinja) that the model is to be tuned with later; it is put beside the model. Null: none.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>The token that ends a turn in <see cref="ChatTemplate"/>: generation stops at it as at the end of a text. Null: only at that.</summary>
    public string? EndOfTurnToken { get; init; }
}
