namespace Attune.Text.Tokenizers.Patterns;

/// <summary>Matches <see cref="KnownPatterns.Gpt4o"/>.</summary>
internal static class Gpt4oScanner
{
    public static int Scan(ReadOnlySpan<char> text, int at)
    {
        if (Word(text, at) is >= 0 and var word)
            return Scanner.Contraction(text, word, anyCase: true) is >= 0 and var contraction ? contraction : word;
        if (Scanner.Digits(text, at, 3) is >= 0 and var number) return number;
        return Scanner.Symbols(text, at, slash: true) is >= 0 and var symbols ? symbols : Scanner.LinesOrSpaces(text, at);
    }

    // The first two alternatives, each with and then without the one character that may stand before the word.
    private static int Word(ReadOnlySpan<char> text, int at)
    {
        var kind = CharClasses.At(text, at, out var length);
        var before = text[at] is '\r' or '\n' || kind.Has(CharClass.Letter | CharClass.Number) ? -1 : at + length;
        if (before >= 0 && EndsLower(text, before) is >= 0 and var first) return first;
        if (EndsLower(text, at) is >= 0 and var second) return second;
        if (before >= 0 && BeginsUpper(text, before) is >= 0 and var third) return third;
        return BeginsUpper(text, at);
    }

    // [upper]*[lower]+ with backtracking: marks and letters without case are in both classes.
    private static int EndsLower(ReadOnlySpan<char> text, int at)
    {
        var both = -1; // where the last character of the run begins that is lower too
        var end = at;
        while (end < text.Length)
        {
            var kind = CharClasses.At(text, end, out var length);
            if (!kind.Has(CharClass.Upper)) break;
            if (kind.Has(CharClass.Lower)) both = end;
            end += length;
        }

        var lower = CharClasses.RunOf(CharClass.Lower, text, end);
        if (lower > end) return lower;
        return both >= 0 ? CharClasses.RunOf(CharClass.Lower, text, both) : -1;
    }

    // [upper]+[lower]*
    private static int BeginsUpper(ReadOnlySpan<char> text, int at)
    {
        var end = CharClasses.RunOf(CharClass.Upper, text, at);
        return end > at ? CharClasses.RunOf(CharClass.Lower, text, end) : -1;
    }
}
