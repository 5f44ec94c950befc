using System.Text.Json.Nodes;

namespace Attune.Text.Tokenizers.Training;

/// <summary>What <see cref="BpeTrainer"/> makes of the texts it is given.</summary>
public sealed record BpeTrainerOptions
{
    private const int LongestSpecialToken = 1_000; // what TokenizerJson reads back

    /// <summary>The 256 characters that stand for bytes (GPT-2), in code point order.</summary>
    public static string ByteCharacters { get; } =
        string.Concat(Enumerable.Range(0, 256).Select(value => ByteAlphabet.ToChar((byte)value)).Order());

    /// <summary>
    /// Entries of the vocabulary, from 0 on: merges are learned until it has so many. Special tokens and the alphabet
    /// are in it even where they are more.
    /// </summary>
    public required int VocabularySize { get; init; }

    /// <summary>How often a pair must occur to be merged, from 0 on; one that does not occur never is.</summary>
    public int MinFrequency { get; init; }

    /// <summary>The first entries of the vocabulary, and added tokens of the tokenizer. Within the texts they are plain text.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = [];

    /// <summary>The special token that the tokenizer puts before every text; null: none.</summary>
    public string? BosToken { get; init; }

    /// <summary>
    /// Characters that are in the vocabulary whether the texts hold them or not. With all bytes, the default, every text
    /// can be encoded and comes back as it was.
    /// </summary>
    public string InitialAlphabet { get; init; } = ByteCharacters;

    /// <summary>
    /// Most characters in the alphabet; null: no limit. The most frequent stay, those of <see cref="InitialAlphabet"/>
    /// before all others, of equals the lower code points; the others are dropped from the words they occur in.
    /// </summary>
    public int? LimitAlphabet { get; init; }

    /// <summary>
    /// What the length of a token stays below, in characters (over bytes: in bytes); null: no limit. Pairs of single
    /// characters are merged in any case, as in the reference.
    /// </summary>
    public int? MaxTokenLength { get; init; }

    /// <summary>The object "normalizer" of tokenizer.json: how texts are rewritten first; null: not at all.</summary>
    public JsonObject? Normalizer { get; init; }

    /// <summary>The object "pre_tokenizer" of tokenizer.json: how texts are cut into words; null: each text is one word.</summary>
    public JsonObject? PreTokenizer { get; init; } = ByteLevel();

    /// <summary>The pre-tokenizer "ByteLevel": the characters of words are bytes.</summary>
    /// <param name="addPrefixSpace">Whether a text that begins with no space gets one.</param>
    /// <param name="useRegex">Whether texts are cut by GPT-2's regular expression; otherwise each is one word.</param>
    public static JsonObject ByteLevel(bool addPrefixSpace = false, bool useRegex = true) =>
        TokenizerJsonObjects.ByteLevel(addPrefixSpace, useRegex);

    /// <summary>Throws where a value is out of its range.</summary>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(VocabularySize);
        ArgumentOutOfRangeException.ThrowIfNegative(MinFrequency);
        ArgumentOutOfRangeException.ThrowIfNegative(LimitAlphabet ?? 0);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxTokenLength ?? 0);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var token in SpecialTokens)
        {
            if (token.Length is 0 or > LongestSpecialToken)
                throw Wrong(token, $"has {token.Length} characters, expected 1 to {LongestSpecialToken}");
            if (LoneSurrogates.Replace(token) != token) throw Wrong(token, "holds half a surrogate pair");
            if (!seen.Add(token)) throw Wrong(token, "is given twice");
        }

        if (BosToken is { } bos && !seen.Contains(bos)) throw Wrong(bos, "is to begin texts and is not among the special tokens");
    }

    private static AttuneException Wrong(string token, string problem) =>
        new(ExitCode.Recipe, $"The special token \"{(token.Length > 40 ? $"{token[..40]}…" : token)}\" {problem}.");
}
