namespace Attune.Text.Tokenizers.Patterns;

/// <summary>Matches <see cref="KnownPatterns.Llama3"/> and its kin.</summary>
internal static class Llama3Scanner
{
    /// <summary>The end of the match at an index, or −1.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">Where the match begins.</param>
    /// <param name="digits">Most digits a match.</param>
    public static int Scan(ReadOnlySpan<char> text, int at, int digits)
    {
        if (Scanner.Contraction(text, at, anyCase: true) is >= 0 and var contraction) return contraction;
        if (Word(text, at) is >= 0 and var word) return word;
        if (Scanner.Digits(text, at, digits) is >= 0 and var number) return number;
        return Scanner.Symbols(text, at, slash: false) is >= 0 and var symbols ? symbols : Scanner.LinesOrSpaces(text, at);
    }

    // [^\r\n\p{L}\p{N}]?\p{L}+
    private static int Word(ReadOnlySpan<char> text, int at)
    {
        var kind = CharClasses.At(text, at, out var length);
        if (kind.Has(CharClass.Letter)) return CharClasses.RunOf(CharClass.Letter, text, at);
        if (text[at] is '\r' or '\n' || kind.Has(CharClass.Number)) return -1;
        var end = CharClasses.RunOf(CharClass.Letter, text, at + length);
        return end > at + length ? end : -1;
    }
}
