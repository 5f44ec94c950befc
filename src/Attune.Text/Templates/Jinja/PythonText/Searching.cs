using System.Text;

namespace Attune.Text.Templates.Jinja.PythonText;

/// <summary>find, count and replace.</summary>
internal static class Searching
{
    /// <summary>Replaces at most <paramref name="count"/> occurrences (negative: all); an empty text is found between characters.</summary>
    public static string Replace(string text, string old, string with, int count)
    {
        if (count == 0) return text;
        if (old.Length == 0) return Interleave(text, with, count);
        var replaced = new StringBuilder();
        var start = 0;
        for (var at = IndexOf(text, old, 0); at >= 0 && count != 0; at = IndexOf(text, old, start), count--)
        {
            replaced.Append(text, start, at - start).Append(with);
            start = at + old.Length;
            Budget.ChargeText(with.Length);
            Limits.CheckText(replaced.Length);
        }

        return start == 0 && replaced.Length == 0 ? text : replaced.Append(text, start, text.Length - start).ToString();
    }

    /// <summary>The code point at which a part begins, in the slice of code points [start, end), or −1.</summary>
    public static int Find(string text, string part, int? start, int? end, bool fromRight)
    {
        var (from, to) = Window(text, start, end);
        if (from < 0) return -1;
        var window = text.AsSpan(from, to - from);
        var at = fromRight ? window.LastIndexOf(part, StringComparison.Ordinal) : window.IndexOf(part, StringComparison.Ordinal);
        return at < 0 ? -1 : Strings.CodePointOf(text, from + at);
    }

    /// <summary>How often a part occurs without overlap.</summary>
    public static int Count(string text, string part, int? start, int? end)
    {
        var (from, to) = Window(text, start, end);
        if (from < 0) return 0;
        var window = text[from..to];
        if (part.Length == 0) return Strings.Length(window) + 1;
        var count = 0;
        for (var at = IndexOf(window, part, 0); at >= 0; at = IndexOf(window, part, at + part.Length)) count++;
        return count;
    }

    /// <summary>
    /// The UTF-16 window of a slice of code points, negative numbers counting from the end; (−1, −1) where start is
    /// beyond the end.
    /// </summary>
    public static (int From, int To) Window(string text, int? start, int? end)
    {
        if (start is null && end is null) return (0, text.Length);
        var length = Strings.Length(text);
        var from = Clamp(start ?? 0, length);
        var to = Math.Min(Clamp(end ?? length, length), length);
        return from > to ? (-1, -1) : (Strings.IndexOfCodePoint(text, from), Strings.IndexOfCodePoint(text, to));
    }

    private static int Clamp(int index, int length) => index < 0 ? Math.Max(0, index + length) : index;

    private static int IndexOf(string text, string part, int from) => text.IndexOf(part, from, StringComparison.Ordinal);

    private static string Interleave(string text, string with, int count)
    {
        var points = Strings.CodePoints(text);
        Budget.ChargeText(text.Length + ((points.Count + 1L) * with.Length));
        var replaced = new StringBuilder();
        foreach (var point in points)
        {
            if (count-- != 0) replaced.Append(with);
            else count = 0;
            replaced.Append(point);
        }

        return (count != 0 ? replaced.Append(with) : replaced).ToString();
    }
}
