using System.Diagnostics.CodeAnalysis;
using Attune.Text.Templates.Jinja.Values;

namespace Attune.Text.Templates.Jinja.PythonText;

/// <summary>Strings, marked as safe or not. Lengths, indices and order are those of code points.</summary>
internal static class Strings
{
    public static bool Is(object? value, [NotNullWhen(true)] out string? text)
    {
        text = value as string ?? (value as Markup)?.Text;
        return text is not null;
    }

    public static bool Is(object? value) => value is string or Markup;

    /// <summary>Code points; a lone surrogate counts as one.</summary>
    public static int Length(string text)
    {
        var count = text.Length;
        for (var i = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDBFF'); i >= 0 && i + 1 < text.Length; i++)
        {
            if (char.IsSurrogatePair(text[i], text[i + 1]))
            {
                count--;
                i++;
            }
        }

        return count;
    }

    /// <summary>Each code point as a string of its own.</summary>
    public static List<string> CodePoints(string text)
    {
        Budget.ChargeItems(text.Length);
        var points = new List<string>(text.Length);
        for (var i = 0; i < text.Length;)
        {
            Characters.RuneAt(text, i, out var length);
            points.Add(text.Substring(i, length));
            i += length;
        }

        return points;
    }

    /// <summary>The UTF-16 index of a code point, at most the text's length.</summary>
    public static int IndexOfCodePoint(string text, int codePoint)
    {
        var index = 0;
        for (; codePoint > 0 && index < text.Length; codePoint--)
        {
            Characters.RuneAt(text, index, out var length);
            index += length;
        }

        return index;
    }

    /// <summary>Code points before a UTF-16 index.</summary>
    public static int CodePointOf(string text, int index) => Length(text[..index]);

    /// <summary>The order of code points, in which a surrogate pair comes after U+FFFF.</summary>
    public static int Order(string a, string b)
    {
        Budget.ChargeText(Math.Min(a.Length, b.Length));
        var common = a.AsSpan().CommonPrefixLength(b);
        if (common == a.Length || common == b.Length) return a.Length.CompareTo(b.Length);
        var (x, y) = (a[common], b[common]);
        return char.IsSurrogate(x) == char.IsSurrogate(y) ? x.CompareTo(y) : char.IsSurrogate(x) ? 1 : -1;
    }

    /// <summary>A value of the same sort (marked or not) as the model.</summary>
    public static object Like(object? model, string text) => model is Markup ? new Markup(text) : text;
}
