using Attune.Evaluation.Texts;

namespace Attune.Evaluation.NGrams;

/// <summary>
/// An n-gram model with interpolated, modified Kneser–Ney smoothing, three discounts an order (Chen and Goodman 1998,
/// section 3). The highest order goes by how often an n-gram occurs, each lower one by how many tokens it occurs after;
/// n-grams that begin a document, after which nothing can be counted, by how often they occur. Order 1 is interpolated with
/// the uniform distribution, so that no token is impossible. A document begins with a start mark of the model's own, which is
/// never predicted; no n-gram crosses the end of a document.
/// </summary>
public sealed class NGramModel : ITextLosses
{
    private readonly NGramLevel[] _levels; // of the orders 1 …
    private readonly int _startMark;       // the id after the last of the vocabulary

    private NGramModel(NGramLevel[] levels, int vocabularySize) => (_levels, _startMark) = (levels, vocabularySize);

    /// <summary>Tokens of the longest n-gram.</summary>
    public int Order => _levels.Length;

    /// <summary>Distinct n-grams of all orders.</summary>
    public long Count => _levels.Sum(level => (long)level.Count);

    /// <summary>Memory of the model, bytes. Training takes more: about 100 bytes a token of the text.</summary>
    public long Bytes => _levels.Sum(level => level.Bytes);

    /// <summary>What was taken off the counts of each order, 1 first.</summary>
    public IReadOnlyList<Discounts> Discounts => [.. _levels.Select(level => level.Discounts)];

    /// <summary>Counts and discounts.</summary>
    /// <param name="documents">Token ids of each document; fewer than 2³¹ in all.</param>
    /// <param name="vocabularySize">Ids run from 0 to this, exclusive.</param>
    /// <param name="order">Tokens of the longest n-gram, at least 1.</param>
    /// <param name="onOrder">Is told which order begins.</param>
    public static NGramModel Train(IEnumerable<int[]> documents, int vocabularySize, int order = 5, Action<int>? onOrder = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1);
        int[] text = [.. documents.SelectMany(document => document.Prepend(vocabularySize))];
        var sorter = new NGramSorter(text, vocabularySize);
        var levels = new NGramLevel[order];
        var shorter = (SortedNGrams?)null;
        for (var n = 1; n <= order; n++)
        {
            onOrder?.Invoke(n);
            var ngrams = sorter.Next(shorter);
            if (shorter is not null) levels[n - 2] = Level(shorter, Continuations(shorter.Counts, ngrams.Endings), n - 1);
            shorter = ngrams;
        }

        levels[^1] = Level(shorter!, shorter!.Counts, order);
        return new NGramModel(levels, vocabularySize);

        NGramLevel Level(SortedNGrams ngrams, int[] counts, int n)
        {
            if (n == 1 && ngrams.Tokens is [.., var last] && last == vocabularySize) counts[^1] = 0; // the start mark, the highest id, is never predicted
            return new NGramLevel(ngrams, counts);
        }
    }

    /// <summary>The probability of a token.</summary>
    /// <param name="history">What stands before it in the document, from its beginning.</param>
    /// <param name="token">The token.</param>
    public double Probability(ReadOnlySpan<int> history, int token)
    {
        var contexts = Begin();
        foreach (var before in history) Read(contexts, before);
        return Read(contexts, token);
    }

    /// <inheritdoc/>
    public double[] Losses(IReadOnlyList<int[]> texts, Action<int>? onTokens = null)
    {
        var (losses, done) = (new double[texts.Count], 0);
        for (var i = 0; i < losses.Length; i++)
        {
            var contexts = Begin();
            for (var t = 0; t < texts[i].Length; t++)
            {
                var probability = Read(contexts, texts[i][t]);
                if (t > 0) losses[i] -= Math.Log(probability);
            }

            onTokens?.Invoke(done += texts[i].Length - 1);
        }

        return losses;
    }

    // How many n-grams one longer each ends. Those that begin with a start mark end none, and keep their counts.
    private static int[] Continuations(int[] counts, int[] endings) => [.. counts.Zip(endings, (count, longer) => longer == 0 ? count : longer)];

    // [order]: the number of what was read last as a context of 0, 1, … tokens; −1: never seen, or not so much was read.
    private int[] Begin()
    {
        var contexts = new int[Order];
        contexts.AsSpan(1).Fill(-1);
        Read(contexts, _startMark);
        return contexts;
    }

    // The probability of the token; the contexts become those after it.
    private double Read(int[] contexts, int token)
    {
        if ((uint)token > _startMark) throw new ArgumentOutOfRangeException(nameof(token), $"Token id {token} is not in the vocabulary of {_startMark}.");
        var (probability, longer) = (1.0 / _startMark, 0);
        for (var n = 0; n < contexts.Length; n++)
        {
            var context = contexts[n];
            contexts[n] = longer;
            longer = context < 0 ? -1 : _levels[n].Find(context, token);
            if (context >= 0) probability = _levels[n].Interpolate(context, longer, probability);
        }

        return probability;
    }
}
