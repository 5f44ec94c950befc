using Attune.Text.Tokenizers.Models;

namespace Attune.Text.Tokenizers.Training;

/// <summary>
/// Trains a byte-pair encoding tokenizer (Sennrich et al. 2016) with the vocabulary and merges that Hugging Face's
/// tokenizers library learns from the same texts (its <c>BpeTrainer</c> without prefix and suffix).
/// </summary>
public static class BpeTrainer
{
    /// <summary>Trains on texts. The result depends on how often which words occur, not on the number of threads.</summary>
    /// <param name="texts">Any strings, read once and not kept; by several threads, one at a time.</param>
    /// <param name="options">What to learn.</param>
    /// <param name="onProgress">Is told how far it is, by one thread at a time.</param>
    /// <param name="cancellationToken">Ends it with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="AttuneException">An option that cannot be; or what <paramref name="texts"/> throws.</exception>
    public static TrainedBpe Train(
        IEnumerable<string> texts, BpeTrainerOptions options, Action<BpeTrainerProgress>? onProgress = null, CancellationToken cancellationToken = default)
    {
        options.Check();
        var splitter = WordSplitter.Read(options);
        var counts = WordCounts.Of(texts, splitter, onProgress, cancellationToken);
        var vocabulary = new Vocabulary(capacity: 1_024);
        var characters = Alphabet.Choose(counts, splitter, options).Select(character => character.ToString());
        foreach (var token in options.SpecialTokens.Concat(characters))
        {
            if (!vocabulary.TryId(token, out _)) vocabulary.Add(token, vocabulary.Count);
        }

        var learner = new MergeLearner(new TrainingWords(counts, splitter, vocabulary), vocabulary, options);
        var merges = learner.Learn(onProgress, cancellationToken);
        return new TrainedBpe(
            [.. Enumerable.Range(0, vocabulary.Count).Select(id => vocabulary.Token(id)!)],
            [.. merges.Select(merge => (vocabulary.Token(merge.Left)!, vocabulary.Token(merge.Right)!))],
            options);
    }
}
