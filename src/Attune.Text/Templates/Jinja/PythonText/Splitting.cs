namespace Attune.Text.Templates.Jinja.PythonText;

/// <summary>split, rsplit, splitlines, partition.</summary>
internal static class Splitting
{
    /// <summary>Splits at a separator (null: runs of white space), at most <paramref name="limit"/> times (negative: always).</summary>
    public static List<string> Split(string text, string? separator, int limit)
    {
        if (separator is null) return Words(text, limit);
        if (separator.Length == 0) throw JinjaException.Value("empty separator");
        var parts = new List<string>();
        var start = 0;
        for (var at = text.IndexOf(separator, StringComparison.Ordinal);
            at >= 0 && limit-- != 0;
            at = text.IndexOf(separator, start, StringComparison.Ordinal))
        {
            Add(parts, text[start..at]);
            start = at + separator.Length;
        }

        Add(parts, text[start..]);
        return parts;
    }

    /// <summary>As <see cref="Split"/>, from the right.</summary>
    public static List<string> SplitRight(string text, string? separator, int limit)
    {
        if (separator is null) return WordsFromRight(text, limit);
        if (separator.Length == 0) throw JinjaException.Value("empty separator");
        var parts = new List<string>();
        var end = text.Length;
        while (limit-- != 0)
        {
            var at = text.AsSpan(0, end).LastIndexOf(separator, StringComparison.Ordinal);
            if (at < 0) break;
            Add(parts, text[(at + separator.Length)..end]);
            end = at;
        }

        Add(parts, text[..end]);
        parts.Reverse();
        return parts;
    }

    /// <summary>Lines as Python knows them: \n, \r, \r\n, \v, \f, U+001C–1E, U+0085, U+2028, U+2029.</summary>
    public static List<string> Lines(string text, bool keepEnds)
    {
        var lines = new List<string>();
        var start = 0;
        while (start < text.Length)
        {
            var end = start;
            while (end < text.Length && !EndsLine(text[end])) end++;
            var next = Math.Min(end + 1, text.Length);
            if (next < text.Length && text[end] == '\r' && text[next] == '\n') next++;
            Add(lines, text[start..(keepEnds ? next : end)]);
            start = next;
        }

        return lines;
    }

    /// <summary>Before the separator, the separator, after it; where it is missing the text stands first (or last).</summary>
    public static string[] Partition(string text, string separator, bool fromRight)
    {
        if (separator.Length == 0) throw JinjaException.Value("empty separator");
        var at = fromRight
            ? text.LastIndexOf(separator, StringComparison.Ordinal)
            : text.IndexOf(separator, StringComparison.Ordinal);
        if (at < 0) return fromRight ? ["", "", text] : [text, "", ""];
        return [text[..at], separator, text[(at + separator.Length)..]];
    }

    private static bool EndsLine(char c) =>
        c is '\n' or '\r' or '\v' or '\f' or '\x1c' or '\x1d' or '\x1e' or '\x85' or '\u2028' or '\u2029';

    private static List<string> Words(string text, int limit)
    {
        var words = new List<string>();
        for (var start = Characters.SkipSpace(text, 0); start < text.Length;)
        {
            if (limit-- == 0)
            {
                Add(words, text[start..]);
                break;
            }

            var end = start;
            while (end < text.Length && !Characters.IsSpace(text[end])) end++;
            Add(words, text[start..end]);
            start = Characters.SkipSpace(text, end);
        }

        return words;
    }

    private static List<string> WordsFromRight(string text, int limit)
    {
        var words = new List<string>();
        for (var end = Characters.TrimEnd(text); end > 0;)
        {
            if (limit-- == 0)
            {
                Add(words, text[..end]);
                break;
            }

            var start = end;
            while (start > 0 && !Characters.IsSpace(text[start - 1])) start--;
            Add(words, text[start..end]);
            end = start;
            while (end > 0 && Characters.IsSpace(text[end - 1])) end--;
        }

        words.Reverse();
        return words;
    }

    private static void Add(List<string> parts, string part)
    {
        Budget.ChargeText(part.Length);
        parts.Add(part);
        Limits.CheckItems(parts.Count);
    }
}
