namespace Attune.Evaluation.NGrams;

/// <summary>
/// The n-grams of one order, 8 bytes each and 8 for each context. They are numbered in the order of their contexts, which are
/// the n-grams one shorter by their numbers, and of their last tokens; the one context of order 1 is the empty one, 0.
/// </summary>
internal sealed class NGramLevel
{
    private readonly int[] _first;      // [contexts + 1]: the first n-gram of each context
    private readonly int[] _tokens;     // [n-grams]: the last token, ascending within a context
    private readonly float[] _shares;   // [n-grams]: (count − discount) ÷ counts of the context
    private readonly float[] _left;     // [contexts]: discounts ÷ counts, which the shorter context spreads; 1 where nothing follows

    /// <summary>Discounts counts.</summary>
    /// <param name="ngrams">The n-grams.</param>
    /// <param name="counts">Of each, what stands for its frequency in this order.</param>
    public NGramLevel(SortedNGrams ngrams, int[] counts)
    {
        (_first, _tokens) = (ngrams.First, ngrams.Tokens);
        Discounts = Discounts.Of(counts);
        (_shares, _left) = (new float[_tokens.Length], new float[_first.Length - 1]);
        for (var context = 0; context < _left.Length; context++)
        {
            var (start, end) = (_first[context], _first[context + 1]);
            var (total, discounted) = (0L, 0.0);
            for (var i = start; i < end; i++)
            {
                total += counts[i];
                discounted += Discounts.For(counts[i]);
            }

            for (var i = start; i < end; i++) _shares[i] = total == 0 ? 0 : (float)((counts[i] - Discounts.For(counts[i])) / total);
            _left[context] = total == 0 ? 1 : (float)(discounted / total);
        }
    }

    /// <summary>What was taken off its counts.</summary>
    public Discounts Discounts { get; }

    /// <summary>Number of n-grams.</summary>
    public int Count => _tokens.Length;

    /// <summary>Memory it takes, bytes.</summary>
    public long Bytes => 8L * (_tokens.Length + _left.Length);

    /// <summary>The number of a context continued by a token; −1: it was never seen.</summary>
    public int Find(int context, int token)
    {
        var (start, end) = (_first[context], _first[context + 1]);
        var found = Array.BinarySearch(_tokens, start, end - start, token);
        return Math.Max(found, -1);
    }

    /// <summary>The probability of a token after a context: equation 4 of Chen and Goodman, α + γ × that after the shorter context.</summary>
    /// <param name="context">The context.</param>
    /// <param name="ngram">What <see cref="Find"/> gave.</param>
    /// <param name="shorter">The probability after the shorter context.</param>
    public double Interpolate(int context, int ngram, double shorter) => (ngram < 0 ? 0 : _shares[ngram]) + (_left[context] * shorter);
}
