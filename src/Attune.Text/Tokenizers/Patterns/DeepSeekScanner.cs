namespace Attune.Text.Tokenizers.Patterns;

/// <summary>Matches the second and third pattern of DeepSeek V3.</summary>
internal static class DeepSeekScanner
{
    /// <summary>Matches <see cref="KnownPatterns.DeepSeekHan"/>.</summary>
    public static int ScanHan(ReadOnlySpan<char> text, int at)
    {
        var end = at;
        while (end < text.Length && text[end] is (>= '\u4E00' and <= '\u9FA5') or (>= '\u3040' and <= '\u30FF')) end++;
        return end > at ? end : -1;
    }

    /// <summary>Matches <see cref="KnownPatterns.DeepSeekWords"/>.</summary>
    public static int ScanWords(ReadOnlySpan<char> text, int at)
    {
        if (AsciiWord(text, at) is >= 0 and var ascii) return ascii;
        if (Word(text, at) is >= 0 and var word) return word;
        return Symbols(text, at) is >= 0 and var symbols ? symbols : Scanner.LinesOrSpaces(text, at);
    }

    // One ASCII punctuation character and letters after it.
    private static int AsciiWord(ReadOnlySpan<char> text, int at)
    {
        if (!char.IsAscii(text[at]) || !(char.IsPunctuation(text[at]) || char.IsSymbol(text[at]))) return -1;
        var end = at + 1;
        while (end < text.Length && char.IsAsciiLetter(text[end])) end++;
        return end > at + 1 ? end : -1;
    }

    // [^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+
    private static int Word(ReadOnlySpan<char> text, int at)
    {
        const CharClass Inside = CharClass.Letter | CharClass.Mark;
        var kind = CharClasses.At(text, at, out var length);
        if (text[at] is not ('\r' or '\n') && !kind.Has(CharClass.Letter | CharClass.PunctuationOrSymbol))
        {
            var after = CharClasses.RunOf(Inside, text, at + length);
            if (after > at + length) return after;
        }

        var end = CharClasses.RunOf(Inside, text, at);
        return end > at ? end : -1;
    }

    // " ?[\p{P}\p{S}]+[\r\n]*"
    private static int Symbols(ReadOnlySpan<char> text, int at)
    {
        var start = text[at] == ' ' ? at + 1 : at;
        var end = CharClasses.RunOf(CharClass.PunctuationOrSymbol, text, start);
        if (end == start) return -1;
        while (end < text.Length && text[end] is '\r' or '\n') end++;
        return end;
    }
}
