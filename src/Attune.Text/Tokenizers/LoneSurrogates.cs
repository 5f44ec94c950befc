namespace Attune.Text.Tokenizers;

/// <summary>Halves of surrogate pairs, which stand for no character and have no UTF-8.</summary>
internal static class LoneSurrogates
{
    /// <summary>The text with U+FFFD in the place of each of them; the same one where there are none.</summary>
    public static string Replace(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF')) return text;
        return string.Create(text.Length, text, static (result, source) =>
        {
            source.CopyTo(result);
            for (var i = 0; i < result.Length; i++)
            {
                if (!char.IsSurrogate(result[i])) continue;
                if (i + 1 < result.Length && char.IsSurrogatePair(result[i], result[i + 1])) i++;
                else result[i] = '\uFFFD';
            }
        });
    }
}
