namespace Attune.Evaluation.NGrams;

/// <summary>
/// Finds the distinct n-grams of a text order by order. An n-gram is its context, an n-gram one shorter by its number, and a
/// token; so two counting sorts bring equal ones together, by token (once for all orders) and by context, in time
/// proportional to the text.
/// </summary>
internal sealed class NGramSorter
{
    private readonly int[] _text;      // documents end to end, a start mark before each
    private readonly int _startMark;
    private readonly int[] _byToken;   // places in the text, those of equal tokens together

    /// <summary>Sorts by token.</summary>
    /// <param name="text">Documents end to end, a start mark before each.</param>
    /// <param name="startMark">The start mark, the highest id.</param>
    public NGramSorter(int[] text, int startMark)
    {
        (_text, _startMark) = (text, startMark);
        _byToken = [.. Enumerable.Range(0, text.Length)];
        _byToken = Sort(text, startMark + 1).Places;
    }

    /// <summary>The n-grams of the next order.</summary>
    /// <param name="shorter">Those one shorter; null: order 1.</param>
    public SortedNGrams Next(SortedNGrams? shorter)
    {
        var contexts = Contexts(shorter);
        var (places, ends) = Sort(contexts, shorter?.Tokens.Length ?? 1);
        var ids = contexts; // each is overwritten after it was read
        Array.Fill(ids, -1);
        var (first, endings) = (new int[ends.Length + 1], new int[shorter?.Tokens.Length ?? 0]);
        var distinct = Distinct(places, ends);
        var (tokens, counts) = (new int[distinct], new int[distinct]);
        var (last, at) = (-1, 0);
        for (var context = 0; context < ends.Length; context++)
        {
            first[context] = last + 1;
            for (; at < ends[context]; at++)
            {
                var (place, token) = (places[at], _text[places[at]]);
                if (last < first[context] || tokens[last] != token)
                {
                    tokens[++last] = token;
                    if (shorter is not null) endings[shorter.Ids[place]]++;
                }

                counts[last]++;
                ids[place] = last;
            }
        }

        first[^1] = distinct;
        return new SortedNGrams(first, tokens, counts, ids, endings);
    }

    private int Distinct(int[] places, int[] ends)
    {
        var (count, start) = (0, 0);
        foreach (var end in ends)
        {
            for (var at = start; at < end; at++)
            {
                if (at == start || _text[places[at]] != _text[places[at - 1]]) count++;
            }

            start = end;
        }

        return count;
    }

    // [places]: what stands before each; −1 where the document is not that long. Nothing stands before a start mark.
    private int[] Contexts(SortedNGrams? shorter)
    {
        var contexts = new int[_text.Length];
        if (shorter is null) return contexts;
        for (var place = 0; place < contexts.Length; place++) contexts[place] = _text[place] == _startMark ? -1 : shorter.Ids[place - 1];
        return contexts;
    }

    // Places by key, those of equal keys in their order before; and where each key's places end. Keys below 0 are left out.
    private (int[] Places, int[] Ends) Sort(int[] keys, int keyCount)
    {
        var ends = new int[keyCount];
        foreach (var key in keys)
        {
            if (key >= 0) ends[key]++;
        }

        var sum = 0;
        for (var key = 0; key < keyCount; key++) (ends[key], sum) = (sum, sum + ends[key]); // where they begin
        var places = new int[sum];
        foreach (var place in _byToken)
        {
            if (keys[place] >= 0) places[ends[keys[place]]++] = place;
        }

        return (places, ends);
    }
}
