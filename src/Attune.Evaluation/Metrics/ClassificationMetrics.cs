namespace Attune.Evaluation.Metrics;

/// <summary>Accuracy and F1 over rows with one true and one predicted label, as scikit-learn defines them.</summary>
public static class ClassificationMetrics
{
    /// <summary>The share of rows whose prediction is the truth, in [0, 1]; NaN for no rows.</summary>
    public static double Accuracy<T>(ReadOnlySpan<T> truth, ReadOnlySpan<T> predicted)
        where T : IEquatable<T>
    {
        RequireSameLength(truth.Length, predicted.Length);
        var hits = 0;
        for (var i = 0; i < truth.Length; i++)
        {
            if (truth[i].Equals(predicted[i]))
                hits++;
        }

        return (double)hits / truth.Length;
    }

    /// <summary>
    /// The plain mean of the F1 of every label that occurs in the truth or the predictions, in [0, 1].
    /// F1 = 2 TP / (2 TP + FP + FN): a label that is never hit counts 0.
    /// </summary>
    public static double MacroF1<T>(ReadOnlySpan<T> truth, ReadOnlySpan<T> predicted)
        where T : IEquatable<T>
    {
        RequireSameLength(truth.Length, predicted.Length);
        var counts = new Dictionary<T, (int Hits, int Misses)>(); // misses: false positives and false negatives
        for (var i = 0; i < truth.Length; i++)
        {
            if (truth[i].Equals(predicted[i]))
            {
                Add(counts, truth[i], 1, 0);
            }
            else
            {
                Add(counts, truth[i], 0, 1);
                Add(counts, predicted[i], 0, 1);
            }
        }

        return counts.Values.Sum(count => 2.0 * count.Hits / ((2.0 * count.Hits) + count.Misses)) / counts.Count;
    }

    private static void Add<T>(Dictionary<T, (int Hits, int Misses)> counts, T label, int hits, int misses)
        where T : IEquatable<T>
    {
        var (h, m) = counts.GetValueOrDefault(label);
        counts[label] = (h + hits, m + misses);
    }

    private static void RequireSameLength(int truth, int predicted)
    {
        if (truth != predicted)
            throw new ArgumentException($"{truth} true labels, {predicted} predicted ones.");
    }
}
