namespace Attune.Text.Tokenizers.Patterns;

/// <summary>The parts that the known patterns share. Each gives the end of its match at an index, or −1.</summary>
internal static class Scanner
{
    /// <summary><c>(?i:'s|'t|'re|'ve|'m|'ll|'d)</c>; upper case only where asked.</summary>
    public static int Contraction(ReadOnlySpan<char> text, int at, bool anyCase)
    {
        if (at + 1 >= text.Length || text[at] != '\'') return -1;
        var first = Fold(text[at + 1], anyCase);
        if (first is 's' or 't' or 'm' or 'd') return at + 2;
        if (at + 2 >= text.Length) return -1;
        return (first, Fold(text[at + 2], anyCase)) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? at + 3 : -1;
    }

    /// <summary><c>\p{N}{1,most}</c></summary>
    public static int Digits(ReadOnlySpan<char> text, int at, int most)
    {
        var end = at;
        for (var n = 0; n < most && end < text.Length; n++)
        {
            if (!CharClasses.At(text, end, out var length).Has(CharClass.Number)) break;
            end += length;
        }

        return end > at ? end : -1;
    }

    /// <summary><c> ?[^\s\p{L}\p{N}]+[\r\n]*</c>, with <c>/</c> among the line breaks where asked.</summary>
    public static int Symbols(ReadOnlySpan<char> text, int at, bool slash)
    {
        var start = text[at] == ' ' ? at + 1 : at;
        var end = CharClasses.RunWithout(CharClass.Space | CharClass.Letter | CharClass.Number, text, start);
        if (end == start) return -1;
        while (end < text.Length && (text[end] is '\r' or '\n' || (slash && text[end] == '/'))) end++;
        return end;
    }

    /// <summary><c>\s*[\r\n]+|\s+(?!\S)|\s+</c></summary>
    public static int LinesOrSpaces(ReadOnlySpan<char> text, int at)
    {
        var end = CharClasses.RunOf(CharClass.Space, text, at);
        var lineBreak = text[at..end].LastIndexOfAny('\r', '\n');
        return lineBreak >= 0 ? at + lineBreak + 1 : Spaces(text, at);
    }

    /// <summary><c>\s+(?!\S)|\s+</c>: the last space before a word is left to the word.</summary>
    public static int Spaces(ReadOnlySpan<char> text, int at)
    {
        var end = CharClasses.RunOf(CharClass.Space, text, at);
        if (end == at) return -1;
        return end < text.Length && end - at > 1 ? end - 1 : end;
    }

    // The long s is an s in any case, as Unicode folds it.
    private static char Fold(char c, bool anyCase) => !anyCase ? c : c == '\u017F' ? 's' : char.ToLowerInvariant(c);
}
