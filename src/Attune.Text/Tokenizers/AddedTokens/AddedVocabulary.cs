using System.Globalization;
using Attune.Text.Tokenizers.Models;
using Attune.Text.Tokenizers.Normalizers;

namespace Attune.Text.Tokenizers.AddedTokens;

/// <summary>The added tokens of a tokenizer, on top of the model's vocabulary.</summary>
internal sealed class AddedVocabulary
{
    private readonly Dictionary<string, int> ids = [];
    private readonly Dictionary<int, AddedToken> tokens = [];
    private readonly Dictionary<int, string> texts = [];
    private readonly HashSet<string> special = [];
    private readonly TokenTrie raw = new();
    private readonly TokenTrie normalized = new();

    /// <summary>Gives the tokens their ids.</summary>
    /// <param name="added">The tokens in the file's order. Their ids in the file do not count.</param>
    /// <param name="vocabulary">A content in it keeps that id; a new one gets the next free id.</param>
    /// <param name="normalizer">What tokens that are <see cref="AddedToken.Normalized"/> are looked for through.</param>
    public AddedVocabulary(IEnumerable<AddedToken> added, Vocabulary vocabulary, INormalizer? normalizer)
    {
        var next = vocabulary.Count;
        foreach (var token in added)
        {
            if (token.Content.Length == 0 || ids.ContainsKey(token.Content)) continue;
            var id = vocabulary.Id(token.Content) ?? next;
            if (id >= next) next = id + 1;
            ids[token.Content] = id;
            tokens[id] = token;
            if (token.Special) special.Add(token.Content);
            texts[id] = token.Normalized ? Normalize(token.Content, normalizer) : token.Content;
            (token.Normalized ? normalized : raw).Add(texts[id], id);
        }

        End = tokens.Count == 0 ? 0 : tokens.Keys.Max() + 1;
    }

    /// <summary>The highest id plus one; 0 without added tokens.</summary>
    public int End { get; }

    public int? Id(string token) => ids.TryGetValue(token, out var id) ? id : null;

    public string? Token(int id) => tokens.TryGetValue(id, out var token) ? token.Content : null;

    /// <summary>What an added token is decoded to: its content, normalised if it is looked for so.</summary>
    public string? Text(int id) => texts.GetValueOrDefault(id);

    public bool IsSpecial(string token) => special.Contains(token);

    /// <summary>Cuts a piece at the added tokens that are looked for in it.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="inNormalized">Whether it is normalised: each token is looked for in one of the two.</param>
    /// <param name="parseSpecial">Whether special tokens count.</param>
    /// <param name="parts">Gets the parts in order, none of them empty, with the id of the token or −1.</param>
    public void Split(Piece piece, bool inNormalized, bool parseSpecial, List<(Piece Part, int Id)> parts)
    {
        var trie = inNormalized ? normalized : raw;
        var text = piece.Span;
        var done = 0;
        var from = 0;
        while (!trie.IsEmpty && trie.TryFind(text, from, out var start, out var end, out var id))
        {
            from = end;
            var token = tokens[id];
            if (!parseSpecial && token.Special) continue;
            if (token.SingleWord && TouchesWord(text, start, end)) continue;
            if (token.StripLeft) start = Math.Max(done, text[..start].TrimEnd().Length);
            if (token.StripRight) end += text[end..].Length - text[end..].TrimStart().Length;
            if (done < start) parts.Add((piece.Slice(done, start), -1));
            parts.Add((piece.Slice(start, end), id));
            done = end;
        }

        if (done < text.Length) parts.Add((piece.Slice(done, text.Length), -1));
    }

    private static string Normalize(string content, INormalizer? normalizer) =>
        normalizer is null ? content : normalizer.Normalize(new AlignedText(content).Whole).Span.ToString();

    private static bool TouchesWord(ReadOnlySpan<char> text, int start, int end)
    {
        System.Text.Rune.DecodeLastFromUtf16(text[..start], out var before, out _);
        System.Text.Rune.DecodeFromUtf16(text[end..], out var after, out _);
        return (start > 0 && IsWord(before)) || (end < text.Length && IsWord(after));
    }

    // \w of UTS #18: letters, marks, decimal digits, connectors, joiners.
    private static bool IsWord(System.Text.Rune rune) => rune.Value is 0x200C or 0x200D ||
        System.Text.Rune.GetUnicodeCategory(rune) is
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.LetterNumber
            or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark
            or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.ConnectorPunctuation;
}
