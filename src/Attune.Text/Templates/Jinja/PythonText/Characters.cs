using System.Globalization;

namespace Attune.Text.Templates.Jinja.PythonText;

/// <summary>Python's classes of characters, by code point.</summary>
internal static class Characters
{
    /// <summary>The code point at a UTF-16 index and the units it takes; a lone surrogate is its own code point.</summary>
    public static int RuneAt(string text, int index, out int length)
    {
        var isPair = index + 1 < text.Length && char.IsSurrogatePair(text[index], text[index + 1]);
        length = isPair ? 2 : 1;
        return isPair ? char.ConvertToUtf32(text[index], text[index + 1]) : text[index];
    }

    /// <summary>Unicode white space and the four information separators (U+001C–U+001F).</summary>
    public static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\x1c' and <= '\x1f';

    /// <summary>Whether all of a text is white space (true for none).</summary>
    public static bool IsSpace(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!IsSpace(c)) return false;
        }

        return true;
    }

    /// <summary>The index of the first character at or after <paramref name="at"/> that is no white space.</summary>
    public static int SkipSpace(string text, int at)
    {
        while (at < text.Length && IsSpace(text[at])) at++;
        return at;
    }

    /// <summary>The length of a text without the white space at its end.</summary>
    public static int TrimEnd(string text)
    {
        var end = text.Length;
        while (end > 0 && IsSpace(text[end - 1])) end--;
        return end;
    }

    public static string Trim(string text)
    {
        var end = TrimEnd(text);
        var start = SkipSpace(text, 0);
        return start >= end ? "" : text[start..end];
    }

    public static bool IsLetter(int rune) => CharUnicodeInfo.GetUnicodeCategory(rune)
        is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
        or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter;

    public static bool IsDecimal(int rune) => CharUnicodeInfo.GetUnicodeCategory(rune) == UnicodeCategory.DecimalDigitNumber;

    public static bool IsDigit(int rune) => CharUnicodeInfo.GetDigitValue(Text(rune), 0) >= 0;

    public static bool IsNumeric(int rune) => CharUnicodeInfo.GetNumericValue(Text(rune), 0) is not -1;

    public static bool IsAlphanumeric(int rune) => IsLetter(rune) || IsNumeric(rune);

    /// <summary>Upper case: the category, and symbols that count as upper case (Other_Uppercase).</summary>
    public static bool IsUpper(int rune) => CharUnicodeInfo.GetUnicodeCategory(rune) == UnicodeCategory.UppercaseLetter
        || rune is (>= 0x2160 and <= 0x216F) or (>= 0x24B6 and <= 0x24CF)
            or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189);

    /// <summary>Lower case: the category, and letters and symbols that count as lower case (Other_Lowercase).</summary>
    public static bool IsLower(int rune) => CharUnicodeInfo.GetUnicodeCategory(rune) == UnicodeCategory.LowercaseLetter
        || rune is 0xAA or 0xBA or 0x345 or 0x37A or 0x2071 or 0x207F or 0xA770 or 0x1D78
            or (>= 0x2B0 and <= 0x2B8) or 0x2C0 or 0x2C1 or (>= 0x2E0 and <= 0x2E4) or (>= 0x1D2C and <= 0x1D6A)
            or (>= 0x1D9B and <= 0x1DBF) or (>= 0x2090 and <= 0x209C) or (>= 0x2170 and <= 0x217F)
            or (>= 0x24D0 and <= 0x24E9) or 0x2C7C or 0x2C7D or 0xA69C or 0xA69D or 0xA7F8 or 0xA7F9
            or (>= 0xAB5C and <= 0xAB5F) or 0x10780 or (>= 0x10783 and <= 0x10785) or (>= 0x10787 and <= 0x107B0)
            or (>= 0x107B2 and <= 0x107BA);

    public static bool IsTitle(int rune) => CharUnicodeInfo.GetUnicodeCategory(rune) == UnicodeCategory.TitlecaseLetter;

    public static bool IsPrintable(int rune) => rune == ' ' || CharUnicodeInfo.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.SpaceSeparator);

    /// <summary>Python's str.isidentifier().</summary>
    public static bool IsIdentifier(string text)
    {
        for (var i = 0; i < text.Length;)
        {
            var rune = RuneAt(text, i, out var length);
            var category = CharUnicodeInfo.GetUnicodeCategory(rune);
            var starts = rune == '_' || IsLetter(rune) || category == UnicodeCategory.LetterNumber;
            var goesOn = category is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
                or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.ConnectorPunctuation;
            if (!starts && (i == 0 || !goesOn)) return false;
            i += length;
        }

        return text.Length > 0;
    }

    // The framework's look-ups take text; a lone surrogate has no value either way.
    private static string Text(int rune) => rune is >= 0xD800 and <= 0xDFFF ? "\uFFFD" : char.ConvertFromUtf32(rune);
}
