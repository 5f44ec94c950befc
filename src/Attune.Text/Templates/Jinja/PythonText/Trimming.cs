namespace Attune.Text.Templates.Jinja.PythonText;

/// <summary>strip, lstrip, rstrip: white space, or every character of a set.</summary>
internal static class Trimming
{
    public static string Strip(string text, string? characters) => StripLeft(StripRight(text, characters), characters);

    public static string StripLeft(string text, string? characters)
    {
        if (characters is null) return text[Characters.SkipSpace(text, 0)..];
        var start = 0;
        while (start < text.Length)
        {
            Characters.RuneAt(text, start, out var length);
            if (!Has(characters, text.AsSpan(start, length))) break;
            start += length;
        }

        return text[start..];
    }

    public static string StripRight(string text, string? characters)
    {
        if (characters is null) return text[..Characters.TrimEnd(text)];
        var end = text.Length;
        while (end > 0)
        {
            var length = end > 1 && char.IsSurrogatePair(text[end - 2], text[end - 1]) ? 2 : 1;
            if (!Has(characters, text.AsSpan(end - length, length))) break;
            end -= length;
        }

        return text[..end];
    }

    private static bool Has(string characters, ReadOnlySpan<char> one)
    {
        Budget.Charge(1 + (characters.Length / 16));
        return characters.AsSpan().IndexOf(one) >= 0;
    }
}
