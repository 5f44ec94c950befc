namespace Attune.Text.Tokenizers;

/// <summary>Text to token ids and back. Implementations are immutable and safe to use from several threads.</summary>
public interface ITokenizer
{
    /// <summary>Ids run from 0 to this, exclusive: the vocabulary and the added tokens.</summary>
    int VocabularySize { get; }

    /// <summary>Encodes one text.</summary>
    /// <param name="text">Any string; a lone surrogate counts as U+FFFD.</param>
    /// <param name="addSpecialTokens">Whether the post-processor adds its tokens (BOS, EOS, …).</param>
    /// <param name="parseSpecialTokens">
    /// Whether tokens marked special are recognised in the text; false reads them as plain text
    /// (tokenizers: <c>encode_special_tokens = true</c>).
    /// </param>
    Encoding Encode(string text, bool addSpecialTokens = true, bool parseSpecialTokens = true);

    /// <summary>
    /// Encodes a text part by part, nothing added by the post-processor: no token crosses from one part to the next.
    /// Offsets are those of the whole text.
    /// </summary>
    /// <param name="text">Any string; a lone surrogate counts as U+FFFD.</param>
    /// <param name="parts">[start, end) in UTF-16 indices, in order; what lies between them is left out.</param>
    Encoding Encode(string text, IReadOnlyList<TextPart> parts);

    /// <summary>Where added tokens, special or not, are recognised in a text: [start, end) in UTF-16 indices, in order.</summary>
    IReadOnlyList<(int Start, int End, int Id)> FindAddedTokens(string text);

    /// <summary>Decodes ids; ids outside the vocabulary are left out.</summary>
    string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = true);

    /// <summary>The id of a vocabulary entry or added token, or null.</summary>
    int? TokenToId(string token);

    /// <summary>The vocabulary's string of an id, or null.</summary>
    string? IdToToken(int id);

    /// <summary>Whether the id is an added token with the flag <c>special</c>.</summary>
    bool IsSpecial(int id);

    /// <summary>Starts incremental decoding: text comes out as soon as it is whole.</summary>
    IDecodeStream StartDecoding(bool skipSpecialTokens = true);
}

/// <summary>Incremental decoding that never emits half a character.</summary>
public interface IDecodeStream
{
    /// <summary>The text that this id completes, or null where nothing is whole yet.</summary>
    string? Next(int id);
}
