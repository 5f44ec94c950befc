using Attune.Data.Corpus;
using Attune.Text.Tokenizers;

namespace Attune.Evaluation.Texts;

/// <summary>A document as tokens that are scored, and the text they stand for.</summary>
/// <param name="Ids">The first is only read: the start token, or without one the first token of the text.</param>
/// <param name="Bytes">UTF-8 bytes of the text of the scored tokens.</param>
/// <param name="Source">Where the document comes from; null: it does not say.</param>
public sealed record TextSample(int[] Ids, long Bytes, string? Source)
{
    /// <summary>Tokens that are scored.</summary>
    public int Tokens => Math.Max(0, Ids.Length - 1);

    /// <summary>Encodes a document. Special tokens in it are plain text.</summary>
    /// <param name="document">The document.</param>
    /// <param name="tokenizer">Its tokens.</param>
    /// <param name="startId">The start token; null: none, and the first token of the text is not scored.</param>
    public static TextSample Of(Document document, ITokenizer tokenizer, int? startId)
    {
        var (text, source) = (document.Text, document.Source);
        var encoding = tokenizer.Encode(text, addSpecialTokens: false, parseSpecialTokens: false);
        if (startId is { } start) return new TextSample([start, .. encoding.Ids], System.Text.Encoding.UTF8.GetByteCount(text), source);
        var read = encoding.Offsets.Length == 0 ? text.Length : encoding.Offsets[0].End;
        return new TextSample(encoding.Ids, System.Text.Encoding.UTF8.GetByteCount(text.AsSpan(read)), source);
    }
}
