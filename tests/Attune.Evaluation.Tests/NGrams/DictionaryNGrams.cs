using Attune.Evaluation.NGrams;

namespace Attune.Evaluation.Tests.NGrams;

/// <summary>Interpolated, modified Kneser–Ney smoothing as it stands in the paper, with dictionaries and recursion: the oracle.</summary>
internal sealed class DictionaryNGrams
{
    private readonly Dictionary<string, int>[] _counts; // of each order, what stands for the n-gram's frequency
    private readonly Discounts[] _discounts;
    private readonly int _vocabularySize;

    public DictionaryNGrams(int[][] documents, int vocabularySize, int order)
    {
        _vocabularySize = vocabularySize;
        int[][] marked = [.. documents.Select(document => document.Prepend(vocabularySize).ToArray())];
        var raw = Enumerable.Range(1, order).Select(n => marked.SelectMany(text => NGrams(text, n)).CountBy(Key).ToDictionary(StringComparer.Ordinal)).ToArray();
        _counts = [.. raw.Select((of, n) => of.ToDictionary(
            pair => pair.Key,
            pair => n + 1 == order || pair.Key.StartsWith($"{vocabularySize} ", StringComparison.Ordinal)
                ? pair.Value
                : raw[n + 1].Keys.Count(longer => longer.EndsWith($" {pair.Key}", StringComparison.Ordinal)),
            StringComparer.Ordinal))];
        _counts[0].Remove(Key([vocabularySize]));
        _discounts = [.. _counts.Select(of => Discounts.Of([.. of.Values]))];
    }

    public double Probability(int[] context, int token)
    {
        var shorter = context.Length == 0 ? 1.0 / _vocabularySize : Probability(context[1..], token);
        var (of, discounts) = (_counts[context.Length], _discounts[context.Length]);
        int[] following = [.. Enumerable.Range(0, _vocabularySize).Select(next => of.GetValueOrDefault(Key([.. context, next])))];
        double total = following.Sum();
        return total == 0 ? shorter : ((following[token] - discounts.For(following[token])) / total) + (following.Sum(discounts.For) / total * shorter);
    }

    private static IEnumerable<int[]> NGrams(int[] text, int n) => Enumerable.Range(0, Math.Max(0, text.Length - n + 1)).Select(start => text[start..(start + n)]);

    // With a space at the end, so that 1 is no beginning of 11.
    private static string Key(int[] ngram) => string.Concat(ngram.Select(id => $"{id} "));
}
