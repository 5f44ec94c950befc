using System.Globalization;
using System.Text;

namespace Attune.Text.Tokenizers.Patterns;

/// <summary>Matches every single character of a set.</summary>
internal sealed class CharacterPattern(Func<Rune, bool> contains) : Pattern
{
    public override bool TryFind(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        for (start = from; start < text.Length; start = end)
        {
            Rune.DecodeFromUtf16(text[start..], out var rune, out var length);
            end = start + length;
            if (contains(rune)) return true;
        }

        end = start;
        return false;
    }
}

/// <summary>Sets of characters that pre-tokenizers speak of.</summary>
internal static class CharacterSets
{
    /// <summary>Category N: digits, letter-like and other numbers.</summary>
    public static bool IsNumber(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    /// <summary>Category P, and what ASCII has of S.</summary>
    public static bool IsPunctuation(Rune rune) => Rune.IsPunctuation(rune) || (rune.IsAscii && Rune.IsSymbol(rune));
}
