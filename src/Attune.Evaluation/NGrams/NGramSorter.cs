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
        var (first, tokens, counts, examples) = (new int[ends.Length + 1], new int[places.Length], new int[places.Length], new int[places.Length]);
        var (count, at) = (0, 0);
        for (var context = 0; context < ends.Length; context++)
        {
            first[context] = count;
            for (; at < ends[context]; at++)
            {
                var (place, token) = (places[at], _text[places[at]]);
                if (count == first[context] || tokens[count - 1] != token) (tokens[count], examples[count], count) = (token, place, count + 1);
                counts[count - 1]++;
                ids[place] = count - 1;
            }
        }

        first[^1] = count;
        Array.Resize(ref tokens, count);
        Array.Resize(ref counts, count);
        Array.Resize(ref examples, count);
        return new SortedNGrams(first, tokens, counts, examples, ids);
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
