using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Attune.Text.Tokenizers.Training;

/// <summary>How often each word occurs in the texts.</summary>
internal static class WordCounts
{
    private const long ReportEvery = 1 << 20; // UTF-16 units

    /// <summary>Counts on all processors; the sums do not depend on who counted what.</summary>
    public static Dictionary<string, long> Of(
        IEnumerable<string> texts, WordSplitter splitter, Action<BpeTrainerProgress>? onProgress, CancellationToken cancellationToken)
    {
        var partial = new ConcurrentBag<Dictionary<string, long>>();
        var options = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        try
        {
            Parallel.ForEach(
                Partitioner.Create(Reported(texts, onProgress), EnumerablePartitionerOptions.NoBuffering),
                options,
                () => partial.TryTake(out var counts) ? counts : new Dictionary<string, long>(StringComparer.Ordinal),
                (text, _, counts) => Add(splitter.Words(text), counts),
                partial.Add);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.Flatten().InnerExceptions[0]); // what a text or its source threw
        }

        return Sum(partial);
    }

    // One thread at a time draws a text, and so reports.
    private static IEnumerable<string> Reported(IEnumerable<string> texts, Action<BpeTrainerProgress>? onProgress)
    {
        var (count, unreported) = (0L, 0L);
        foreach (var text in texts)
        {
            yield return text;
            count++;
            unreported += text.Length;
            if (unreported < ReportEvery) continue;
            onProgress?.Invoke(new(BpeTrainerPhase.Reading, count, null));
            unreported = 0;
        }

        onProgress?.Invoke(new(BpeTrainerPhase.Reading, count, count));
    }

    private static Dictionary<string, long> Add(IReadOnlyList<Piece> words, Dictionary<string, long> counts)
    {
        var bySpan = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var word in words) CollectionsMarshal.GetValueRefOrAddDefault(bySpan, word.Span, out _)++;
        return counts;
    }

    private static Dictionary<string, long> Sum(ConcurrentBag<Dictionary<string, long>> partial)
    {
        if (!partial.TryTake(out var sum)) return [];
        while (partial.TryTake(out var counts))
        {
            foreach (var (word, count) in counts) CollectionsMarshal.GetValueRefOrAddDefault(sum, word, out _) += count;
        }

        return sum;
    }
}
