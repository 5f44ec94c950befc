namespace Attune.Text.Templates.Jinja.Evaluation;

/// <summary>Spans counted in code points, as Python counts them.</summary>
internal static class CodePointSpans
{
    /// <summary>The same spans in UTF-16 indices; ends beyond the text end with it.</summary>
    public static IReadOnlyList<(int Start, int End)> ToUtf16(string text, IReadOnlyList<(int Start, int End)> spans)
    {
        if (spans.Count == 0 || text.AsSpan().IndexOfAnyInRange('\uD800', '\uDBFF') < 0)
            return [.. spans.Select(span => (Math.Min(span.Start, text.Length), Math.Min(span.End, text.Length)))];
        var starts = new List<int>(text.Length + 1); // UTF-16 index of each code point
        for (var i = 0; i < text.Length; i++)
        {
            starts.Add(i);
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1])) i++;
        }

        int At(int point) => point < starts.Count ? starts[point] : text.Length;
        return [.. spans.Select(span => (At(span.Start), At(span.End)))];
    }
}
