using Attune.Text.Tokenizers.Training;

namespace Attune.Text.Tests.Tokenizers.Training;

/// <summary>The algorithm as it is told (Sennrich et al. 2016, algorithm 1): everything is counted anew for every merge.</summary>
internal static class PlainBpeTrainer
{
    /// <summary>Trains on words with their counts; options beyond the numbers and special tokens do not count.</summary>
    public static (List<string> Vocabulary, List<(string, string)> Merges) Train(IReadOnlyDictionary<string, int> counts, BpeTrainerOptions options)
    {
        var letters = counts.SelectMany(word => word.Key.Select(letter => (Letter: letter.ToString(), Count: word.Value)))
            .GroupBy(letter => letter.Letter, letter => letter.Count)
            .OrderByDescending(letter => letter.Sum()).ThenBy(letter => letter.Key, StringComparer.Ordinal)
            .Take(options.LimitAlphabet ?? int.MaxValue).Select(letter => letter.Key).Order(StringComparer.Ordinal);
        var vocabulary = options.SpecialTokens.Concat(letters).Distinct().ToList();
        var words = counts.Select(word => (Tokens: word.Key.Select(letter => letter.ToString()).Where(vocabulary.Contains).ToList(), Count: word.Value)).ToList();
        var merges = new List<(string, string)>();
        while (vocabulary.Count < options.VocabularySize)
        {
            var pairs = words.SelectMany(word => word.Tokens.Zip(word.Tokens.Skip(1)).Select(pair => (Pair: pair, word.Count)))
                .Where(pair => IsAllowed(pair.Pair.First, pair.Pair.Second, options.MaxTokenLength))
                .GroupBy(pair => pair.Pair, pair => pair.Count)
                .OrderByDescending(pair => pair.Sum()).ThenBy(pair => vocabulary.IndexOf(pair.Key.First)).ThenBy(pair => vocabulary.IndexOf(pair.Key.Second));
            if (pairs.FirstOrDefault() is not { } best || best.Sum() < options.MinFrequency) break;
            var (left, right) = best.Key;
            if (!vocabulary.Contains(left + right)) vocabulary.Add(left + right);
            merges.Add((left, right));
            foreach (var (tokens, _) in words) Merge(tokens, left, right);
        }

        return (vocabulary, merges);
    }

    private static bool IsAllowed(string left, string right, int? maxLength) =>
        maxLength is null || left.Length + right.Length < maxLength || left.Length + right.Length == 2;

    private static void Merge(List<string> tokens, string left, string right)
    {
        for (var i = 0; i + 1 < tokens.Count; i++)
        {
            if (tokens[i] != left || tokens[i + 1] != right) continue;
            tokens[i] = left + right;
            tokens.RemoveAt(i + 1);
        }
    }
}
