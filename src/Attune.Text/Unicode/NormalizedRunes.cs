namespace Attune.Text.Unicode;

/// <summary>A code point of a normalised text. Change: 0 replaces one of the source, −n replaces n more, 1 is inserted.</summary>
internal readonly record struct NormalizedRune(int CodePoint, int Change);

/// <summary>The Unicode normalization forms (UAX #15), with what became of each code point.</summary>
internal static class NormalizedRunes
{
    /// <summary>Whether a text is surely in a form already.</summary>
    public static bool IsNormalized(ReadOnlySpan<char> text, bool compose, bool compatibility)
    {
        if (!text.ContainsAnyExceptInRange('\0', compose && !compatibility ? '\u02FF' : '\u009F')) return true;
        var data = NormalizationData.Instance;
        foreach (var rune in text.EnumerateRunes())
        {
            if (data.MayChange(rune.Value, compose, compatibility)) return false;
        }

        return true;
    }

    /// <summary>NFD, NFC (compose), NFKD (compatibility) or NFKC (both).</summary>
    public static List<NormalizedRune> Of(ReadOnlySpan<char> text, bool compose, bool compatibility)
    {
        var data = NormalizationData.Instance;
        var runes = new List<NormalizedRune>(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var first = runes.Count;
            Decompose(rune.Value, compatibility, data, runes, first);
        }

        Order(runes, data);
        return compose ? Compose(runes, data) : runes;
    }

    // Depth is bounded: Unicode's decompositions end after three steps.
    private static void Decompose(int codePoint, bool compatibility, NormalizationData data, List<NormalizedRune> runes, int first)
    {
        var parts = Hangul.IsSyllable(codePoint) ? Hangul.Decompose(codePoint) : data.Decompose(codePoint, compatibility);
        if (parts is null)
        {
            runes.Add(new(codePoint, runes.Count == first ? 0 : 1));
            return;
        }

        foreach (var part in parts) Decompose(part, compatibility, data, runes, first);
    }

    // Canonical ordering: runs of marks by their class, stable.
    private static void Order(List<NormalizedRune> runes, NormalizationData data)
    {
        for (var start = 0; start < runes.Count; start++)
        {
            if (data.Class(runes[start].CodePoint) == 0) continue;
            var end = start + 1;
            while (end < runes.Count && data.Class(runes[end].CodePoint) != 0) end++;
            if (end - start > 1)
            {
                var ordered = runes[start..end].OrderBy(rune => data.Class(rune.CodePoint)).ToList();
                for (var i = start; i < end; i++) runes[i] = ordered[i - start];
            }

            start = end;
        }
    }

    // A mark goes into the starter before it unless a mark of its class or higher stands between.
    private static List<NormalizedRune> Compose(List<NormalizedRune> runes, NormalizationData data)
    {
        var result = new List<NormalizedRune>(runes.Count);
        var starter = -1; // index in result
        var lastClass = 0; // of what stands after the starter; 0: nothing does
        foreach (var rune in runes)
        {
            var rank = data.Class(rune.CodePoint);
            if (starter >= 0 && (lastClass == 0 || lastClass < rank))
            {
                var first = result[starter];
                var whole = Hangul.Compose(first.CodePoint, rune.CodePoint);
                if (whole < 0) whole = data.Compose(first.CodePoint, rune.CodePoint);
                if (whole >= 0)
                {
                    result[starter] = new(whole, first.Change + rune.Change - 1);
                    continue;
                }
            }

            if (rank == 0) (starter, lastClass) = (result.Count, 0);
            else lastClass = rank;
            result.Add(rune);
        }

        return result;
    }
}
