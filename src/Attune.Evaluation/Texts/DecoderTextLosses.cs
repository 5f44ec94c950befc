using Attune.Data.Corpus;
using Attune.Data.Preparation;
using Attune.Evaluation.Scoring;
using Attune.Models.Batches;

namespace Attune.Evaluation.Texts;

/// <summary>
/// Texts under a decoder. A text longer than the context is read in windows that begin half a context apart, so that each
/// token is scored once and, but for those of the first window, sees at least half a context.
/// </summary>
/// <param name="model">The model, on either path.</param>
/// <param name="contextTokens">Tokens of a window at most, at least 2.</param>
public sealed class DecoderTextLosses(IBranchedLosses model, int contextTokens) : ITextLosses
{
    private const int WindowsAtOnce = 64; // whose lists are in memory

    /// <inheritdoc/>
    public double[] Losses(IReadOnlyList<int[]> texts, Action<int>? onTokens = null)
    {
        var (sums, done) = (new double[texts.Count], 0);
        foreach (var windows in texts.Index().Where(text => text.Item.Length > 1).SelectMany(text => Windows(text.Index, text.Item)).Chunk(WindowsAtOnce))
        {
            Example[] examples = [.. windows.Select(window => window.Example)];
            var counted = done;
            var losses = LossScorer.Score(model, examples, onRow: rows => onTokens?.Invoke(counted + examples.Take(rows).Sum(example => example.LabelTokens)));
            foreach (var (window, loss) in windows.Zip(losses)) sums[window.Text] += loss;
            done += examples.Sum(example => example.LabelTokens);
        }

        return sums;
    }

    // What the window before has scored already, and the first token of a text, carries no label.
    private IEnumerable<(int Text, Example Example)> Windows(int text, int[] ids)
    {
        var scored = 1L;
        foreach (var (start, count) in DocumentWindows.Cut(ids.Length, contextTokens, contextTokens / 2))
        {
            int[] window = ids[(int)start..((int)start + count)], labels = [.. window];
            labels.AsSpan(0, (int)(scored - start)).Fill(Example.Ignored);
            scored = start + count;
            yield return (text, new Example(window, labels));
        }
    }
}
