namespace Attune.Text.Tokenizers.Patterns;

/// <summary>Matches <see cref="KnownPatterns.Gpt2"/>.</summary>
internal static class Gpt2Scanner
{
    public static int Scan(ReadOnlySpan<char> text, int at)
    {
        if (Scanner.Contraction(text, at, anyCase: false) is >= 0 and var end) return end;
        var start = text[at] == ' ' && at + 1 < text.Length ? at + 1 : at;
        var kind = CharClasses.At(text, start, out _);
        if (kind.Has(CharClass.Letter)) return CharClasses.RunOf(CharClass.Letter, text, start);
        if (kind.Has(CharClass.Number)) return CharClasses.RunOf(CharClass.Number, text, start);
        return !kind.Has(CharClass.Space)
            ? CharClasses.RunWithout(CharClass.Space | CharClass.Letter | CharClass.Number, text, start)
            : Scanner.Spaces(text, at);
    }
}
