using System.Globalization;
using System.Text;

namespace Attune.Text.Templates.Jinja.PythonText;

/// <summary>Upper, lower and title case with Unicode's full mappings and the rule of the final sigma, as Python has them.</summary>
internal static class Casing
{
    public static string Upper(string text) => Map(text, (s, i, rune) => UpperOf(rune));

    public static string Lower(string text) => Map(text, LowerAt);

    /// <summary>Without case, for comparing: <c>ß</c> is <c>ss</c>, a final sigma any other.</summary>
    public static string Fold(string text) => Lower(Upper(text)).Replace('\u03C2', '\u03C3');

    /// <summary>The first character in title case, the rest in lower case.</summary>
    public static string Capitalize(string text) => Map(text, (s, i, rune) => i == 0 ? TitleOf(rune) : LowerAt(s, i, rune));

    /// <summary>Every character after one without case in title case, the rest in lower case.</summary>
    public static string Title(string text)
    {
        var afterCased = false;
        return Map(text, (s, i, rune) =>
        {
            var mapped = afterCased ? LowerAt(s, i, rune) : TitleOf(rune);
            afterCased = IsCased(rune);
            return mapped;
        });
    }

    public static string Swap(string text) => Map(
        text, (s, i, rune) => Characters.IsUpper(rune) ? LowerAt(s, i, rune) : Characters.IsLower(rune) ? UpperOf(rune) : null);

    public static bool IsCased(int rune) =>
        Characters.IsUpper(rune) || Characters.IsLower(rune) || Characters.IsTitle(rune);

    // Null leaves a character as it is.
    private static string Map(string text, Func<string, int, int, string?> map)
    {
        Budget.ChargeText(text.Length);
        var mapped = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            var rune = Characters.RuneAt(text, i, out var length);
            if (map(text, i, rune) is { } replacement) mapped.Append(replacement);
            else mapped.Append(text, i, length);
            i += length;
        }

        return mapped.ToString();
    }

    private static string? UpperOf(int rune)
    {
        if (SpecialCasing.Upper.TryGetValue(rune, out var special)) return special;
        // The framework leaves the dotless i and the long s alone.
        if (rune is 0x131 or 0x17F) return rune == 0x131 ? "I" : "S";
        return Rune.IsValid(rune) ? Rune.ToUpperInvariant(new Rune(rune)).ToString() : null;
    }

    private static string? TitleOf(int rune)
    {
        if (SpecialCasing.Title.TryGetValue(rune, out var special)) return special;
        return rune is >= 0x10D0 and <= 0x10FF ? null : UpperOf(rune); // Georgian has no title case
    }

    private static string? LowerAt(string text, int index, int rune) => rune switch
    {
        0x130 => "i\u0307",
        0x3A3 => IsFinalSigma(text, index) ? "\u03C2" : "\u03C3",
        _ => Rune.IsValid(rune) ? Rune.ToLowerInvariant(new Rune(rune)).ToString() : null,
    };

    // Unicode's Final_Sigma: a cased letter before, none after, case-ignorable characters skipped.
    private static bool IsFinalSigma(string text, int index)
    {
        var before = index - 1;
        while (before >= 0 && IsIgnorable(text[before])) before--;
        if (before < 0 || !IsCased(char.IsLowSurrogate(text[before]) && before > 0 ? RuneEndingAt(text, before) : text[before]))
            return false;
        var after = index + 1;
        while (after < text.Length && IsIgnorable(text[after])) after++;
        return after >= text.Length || !IsCased(Characters.RuneAt(text, after, out _));
    }

    private static int RuneEndingAt(string text, int index) => Characters.RuneAt(text, index - 1, out _);

    private static bool IsIgnorable(char c) => c is '\'' or '.' or ':' or '\u00B7' or '\u2018' or '\u2019' or '\u2024' or '\u2027'
        || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark
            or UnicodeCategory.Format or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol;
}
