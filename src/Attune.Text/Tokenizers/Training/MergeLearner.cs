using System.Runtime.InteropServices;
using Attune.Text.Tokenizers.Models;

namespace Attune.Text.Tokenizers.Training;

/// <summary>
/// Learns merges: again and again the most frequent pair of neighbouring tokens becomes one token (Sennrich et al. 2016,
/// algorithm 1).
/// </summary>
/// <param name="words">The words as characters; merges are done in them.</param>
/// <param name="vocabulary">Special tokens and the alphabet, ids without gaps; gets what merges give.</param>
/// <param name="options">When to stop.</param>
internal sealed class MergeLearner(TrainingWords words, Vocabulary vocabulary, BpeTrainerOptions options)
{
    private const int ReportEvery = 1 << 16; // words

    private readonly PairCounts pairs = new();
    private readonly List<int> lengths = []; // of each token, in characters
    private readonly int mostLength = options.MaxTokenLength ?? int.MaxValue;

    /// <summary>The merges in order. No pair comes twice, and no two pairs give one token.</summary>
    public IReadOnlyList<(int Left, int Right)> Learn(Action<BpeTrainerProgress>? onProgress, CancellationToken cancellationToken)
    {
        CountPairs(onProgress, cancellationToken);
        var merges = new List<(int Left, int Right)>();
        CollectionsMarshal.SetCount(lengths, vocabulary.Count);
        CollectionsMarshal.AsSpan(lengths).Fill(1); // a special token that is longer never stands in a word before a merge gives it
        while (vocabulary.Count < options.VocabularySize
            && pairs.TryTake(Math.Max(options.MinFrequency, 1), out var left, out var right, out var inWords))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var product = Product(left, right);
            merges.Add((left, right));
            foreach (var word in inWords) Merge(word, left, right, product);
            pairs.Settle();
            onProgress?.Invoke(new(BpeTrainerPhase.Merging, vocabulary.Count, options.VocabularySize));
        }

        return merges;
    }

    private void CountPairs(Action<BpeTrainerProgress>? onProgress, CancellationToken cancellationToken)
    {
        for (var word = 0; word < words.Count; word++)
        {
            var ids = words[word];
            for (var i = 0; i + 1 < ids.Length; i++) pairs.Form(ids[i], ids[i + 1], word, words.CountOf(word));
            if (word % ReportEvery != ReportEvery - 1) continue;
            cancellationToken.ThrowIfCancellationRequested();
            onProgress?.Invoke(new(BpeTrainerPhase.Counting, word + 1, words.Count));
        }

        pairs.Settle();
        onProgress?.Invoke(new(BpeTrainerPhase.Counting, words.Count, words.Count));
    }

    // The token that a pair becomes: a new one unless it is a special token.
    private int Product(int left, int right)
    {
        var token = vocabulary.Token(left) + vocabulary.Token(right);
        if (!vocabulary.TryId(token, out var product))
        {
            product = vocabulary.Count;
            vocabulary.Add(token, product);
            lengths.Add(0);
        }

        lengths[product] = lengths[left] + lengths[right];
        return product;
    }

    // From left to right, the shorter word written over the longer one.
    private void Merge(int word, int left, int right, int product)
    {
        var ids = words[word];
        var count = words.CountOf(word);
        var written = 0;
        for (var read = 0; read < ids.Length; read++)
        {
            if (ids[read] != left || read + 1 == ids.Length || ids[read + 1] != right)
            {
                ids[written++] = ids[read];
                continue;
            }

            if (written > 0)
            {
                pairs.Lose(ids[written - 1], left, count);
                FormIfShort(ids[written - 1], product, word, count);
            }

            read++;
            if (read + 1 < ids.Length)
            {
                pairs.Lose(right, ids[read + 1], count);
                FormIfShort(product, ids[read + 1], word, count);
            }

            ids[written++] = product;
        }

        words.Shorten(word, written);
    }

    private void FormIfShort(int left, int right, int word, long count)
    {
        if (lengths[left] + lengths[right] < mostLength) pairs.Form(left, right, word, count);
    }
}
