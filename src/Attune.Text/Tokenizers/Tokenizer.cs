using Attune.Text.Tokenizers.AddedTokens;
using Attune.Text.Tokenizers.Decoders;
using Attune.Text.Tokenizers.Models;
using Attune.Text.Tokenizers.Normalizers;
using Attune.Text.Tokenizers.PostProcessors;
using Attune.Text.Tokenizers.PreTokenizers;

namespace Attune.Text.Tokenizers;

/// <summary>The stages of a tokenizer, in the order in which text goes through them.</summary>
internal sealed record TokenizerStages
{
    public required IReadOnlyList<AddedToken> AddedTokens { get; init; }

    public INormalizer? Normalizer { get; init; }

    public IReadOnlyList<IPreTokenizer> PreTokenizers { get; init; } = [];

    public required ITokenModel Model { get; init; }

    public IPostProcessor? PostProcessor { get; init; }

    /// <summary>Null: tokens are joined with a space between them, as the reference does.</summary>
    public IDecoder? Decoder { get; init; }
}

/// <summary>A tokenizer made of stages, whatever file they came from.</summary>
internal sealed class Tokenizer : ITokenizer
{
    private readonly TokenizerStages stages;
    private readonly Vocabulary vocabulary;
    private readonly AddedVocabulary added;

    public Tokenizer(TokenizerStages stages)
    {
        this.stages = stages;
        vocabulary = stages.Model.Vocabulary;
        added = new AddedVocabulary(stages.AddedTokens, vocabulary, stages.Normalizer);
    }

    public int VocabularySize => Math.Max(vocabulary.End, added.End);

    public Encoding Encode(string text, bool addSpecialTokens = true, bool parseSpecialTokens = true)
    {
        var tokens = new TokenList(text.Length);
        Encode(new AlignedText(LoneSurrogates.Replace(text)).Whole, parseSpecialTokens, tokens);
        return (stages.PostProcessor?.Process(tokens, addSpecialTokens) ?? tokens).ToEncoding();
    }

    public Encoding Encode(string text, IReadOnlyList<TextPart> parts)
    {
        var tokens = new TokenList(text.Length);
        var whole = new AlignedText(LoneSurrogates.Replace(text)).Whole;
        foreach (var part in parts)
        {
            var piece = whole.Slice(part.Start, part.End);
            if (!part.IsPlain)
            {
                Encode(piece, parseSpecialTokens: true, tokens);
                continue;
            }

            var normalized = stages.Normalizer?.Normalize(piece) ?? piece;
            if (normalized.Length > 0) Tokenize(normalized, tokens);
        }

        return (stages.PostProcessor?.Process(tokens, addSpecialTokens: false) ?? tokens).ToEncoding();
    }

    public IReadOnlyList<(int Start, int End, int Id)> FindAddedTokens(string text)
    {
        var found = new List<(int Start, int End, int Id)>();
        foreach (var (part, id) in Split(new AlignedText(LoneSurrogates.Replace(text)).Whole, parseSpecialTokens: true))
        {
            if (id < 0) continue;
            var (start, end) = part.Original(0, part.Length);
            found.Add((start, end, id));
        }

        return found;
    }

    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = true)
    {
        var tokens = new List<string>(ids.Length);
        foreach (var id in ids)
        {
            if (IdToToken(id) is { } token && !(skipSpecialTokens && added.IsSpecial(token))) tokens.Add(added.Text(id) ?? token);
        }

        return stages.Decoder is null ? string.Join(' ', tokens) : string.Concat(stages.Decoder.Decode(tokens));
    }

    public int? TokenToId(string token) => added.Id(token) ?? vocabulary.Id(token);

    public string? IdToToken(int id) => added.Token(id) ?? vocabulary.Token(id);

    public bool IsSpecial(int id) => added.Token(id) is { } token && added.IsSpecial(token);

    public IDecodeStream StartDecoding(bool skipSpecialTokens = true) => new DecodeStream(this, skipSpecialTokens);

    private void Encode(Piece piece, bool parseSpecialTokens, TokenList tokens)
    {
        foreach (var (part, id) in Split(piece, parseSpecialTokens))
        {
            if (id >= 0) AddToken(part, id, tokens);
            else Tokenize(part, tokens);
        }
    }

    // Added tokens with their ids, and the normalised text between them with −1.
    private List<(Piece Part, int Id)> Split(Piece piece, bool parseSpecialTokens)
    {
        var parts = new List<(Piece Part, int Id)>();
        added.Split(piece, inNormalized: false, parseSpecialTokens, parts);
        var all = new List<(Piece Part, int Id)>();
        foreach (var (part, id) in parts)
        {
            if (id >= 0) all.Add((part, id));
            else added.Split(stages.Normalizer?.Normalize(part) ?? part, inNormalized: true, parseSpecialTokens, all);
        }

        return all;
    }

    private static void AddToken(Piece part, int id, TokenList tokens) =>
        tokens.Add(id, part.Span.ToString(), part.Original(0, part.Length));

    private void Tokenize(Piece piece, TokenList tokens)
    {
        foreach (var part in PreTokenization.Split(stages.PreTokenizers, piece)) stages.Model.Tokenize(part, tokens);
    }
}
