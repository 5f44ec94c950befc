using System.Globalization;

namespace Attune.Text.Tokenizers.Patterns;

/// <summary>The text of a regular expression and the place of the reader in it.</summary>
internal sealed class RegexSource(string pattern)
{
    private const char End = '\0';

    private int at;

    public bool AtEnd => at >= pattern.Length;

    /// <summary>The next character; U+0000 at the end.</summary>
    public char Peek() => AtEnd ? End : pattern[at];

    public char Next() => AtEnd ? throw new FormatException("it ends too early") : pattern[at++];

    public int NextCodePoint()
    {
        if (AtEnd) throw new FormatException("it ends too early");
        var codePoint = char.ConvertToUtf32(pattern, at);
        at += codePoint > 0xFFFF ? 2 : 1;
        return codePoint;
    }

    public bool Take(char c)
    {
        if (AtEnd || pattern[at] != c) return false;
        at++;
        return true;
    }

    public bool TakeAll(string text)
    {
        if (string.CompareOrdinal(pattern, at, text, 0, text.Length) != 0) return false;
        at += text.Length;
        return true;
    }

    /// <summary>The text up to a character, which is taken too.</summary>
    public string TakeUntil(char end)
    {
        var stop = pattern.IndexOf(end, at);
        if (stop < 0) throw new FormatException($"a {end} is missing");
        var text = pattern[at..stop];
        at = stop + 1;
        return text;
    }

    /// <summary>Hexadecimal digits: exactly or up to so many.</summary>
    public int TakeHex(int fewest, int most)
    {
        var start = at;
        while (at - start < most && char.IsAsciiHexDigit(Peek())) at++;
        if (at - start < fewest) throw new FormatException("a hexadecimal number is too short");
        return int.Parse(pattern.AsSpan(start, at - start), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    /// <summary>*, +, ? or an interval in .NET's form; null: none. Braces that are no interval are characters.</summary>
    public string? TakeQuantifier()
    {
        if (Peek() is '*' or '+' or '?') return Next().ToString();
        var close = Peek() == '{' ? pattern.IndexOf('}', at) : -1;
        if (close < 0) return null;
        var bounds = pattern[(at + 1)..close].Split(',');
        var isInterval = bounds.Length <= 2 && bounds.Any(bound => bound.Length > 0)
            && bounds.All(bound => bound.Length <= 5 && bound.All(char.IsAsciiDigit));
        if (!isInterval) return null;
        at = close + 1;
        if (bounds[0].Length == 0) bounds[0] = "0";
        return $"{{{string.Join(',', bounds)}}}";
    }
}
