using System.Globalization;
using System.Text;

namespace Attune.Text.Tokenizers.Patterns;

/// <summary>The sets of characters that the common patterns speak of.</summary>
[Flags]
internal enum CharClass
{
    None = 0,

    /// <summary>\p{L}</summary>
    Letter = 1,

    /// <summary>\p{N}</summary>
    Number = 2,

    /// <summary>\s</summary>
    Space = 4,

    /// <summary>\p{M}</summary>
    Mark = 8,

    /// <summary>\p{P} or \p{S}</summary>
    PunctuationOrSymbol = 16,

    /// <summary>May stand before lower case in a word: \p{Lu} \p{Lt} \p{Lm} \p{Lo} \p{M}</summary>
    Upper = 32,

    /// <summary>May stand after upper case in a word: \p{Ll} \p{Lm} \p{Lo} \p{M}</summary>
    Lower = 64,
}

/// <summary>Looks classes up, by a table for the first 65,536 code points.</summary>
internal static class CharClasses
{
    private static readonly byte[] Basic = Build();

    /// <summary>Whether it is any of some classes.</summary>
    public static bool Has(this CharClass kind, CharClass any) => (kind & any) != CharClass.None;

    /// <summary>The class of the code point at an index, and its length in UTF-16 units.</summary>
    public static CharClass At(ReadOnlySpan<char> text, int index, out int length)
    {
        var c = text[index];
        if (char.IsHighSurrogate(c) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]))
        {
            length = 2;
            return Of(Rune.GetUnicodeCategory(new Rune(c, text[index + 1])));
        }

        length = 1;
        return (CharClass)Basic[c];
    }

    /// <summary>The end of the run of code points from an index on that have any of some classes.</summary>
    public static int RunOf(CharClass any, ReadOnlySpan<char> text, int from)
    {
        while (from < text.Length && At(text, from, out var length).Has(any)) from += length;
        return from;
    }

    /// <summary>The end of the run of code points from an index on that have none of some classes.</summary>
    public static int RunWithout(CharClass none, ReadOnlySpan<char> text, int from)
    {
        while (from < text.Length && !At(text, from, out var length).Has(none)) from += length;
        return from;
    }

    private static byte[] Build()
    {
        var table = new byte[65536];
        for (var c = 0; c < table.Length; c++)
        {
            var space = char.IsWhiteSpace((char)c) ? CharClass.Space : CharClass.None;
            table[c] = (byte)(space | Of(CharUnicodeInfo.GetUnicodeCategory((char)c)));
        }

        return table;
    }

    private static CharClass Of(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter => CharClass.Letter | CharClass.Upper,
        UnicodeCategory.LowercaseLetter => CharClass.Letter | CharClass.Lower,
        UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => CharClass.Letter | CharClass.Upper | CharClass.Lower,
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark
            => CharClass.Mark | CharClass.Upper | CharClass.Lower,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => CharClass.Number,
        >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherSymbol => CharClass.PunctuationOrSymbol,
        _ => CharClass.None,
    };
}
