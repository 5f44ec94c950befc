using Attune.Data.Formats;

namespace Attune.Data.Selection;

/// <summary>Which labels a run keeps (<c>data.labels</c>).</summary>
public static class LabelFilter
{
    /// <summary>
    /// The labels to keep, in ordinal order: those named, or the n most frequent of the training rows (ties by name), or
    /// all; empty where rows have none.
    /// </summary>
    /// <exception cref="AttuneException">A named label that no training row has; more labels asked for than there are.</exception>
    public static IReadOnlyList<string> Choose(IReadOnlyList<DataRow> training, LabelSelection selection)
    {
        var counts = training.Where(row => row.Label is not null).CountBy(row => row.Label!).ToDictionary();
        var asked = selection.Names.Count > 0 || selection.MostFrequent is not null;
        if (asked && counts.Count == 0)
            throw new AttuneException(ExitCode.Recipe, "data.labels is set, but the rows have no label.", "Take it out, or name the label's column: data.columns: {label: …}.");
        if (selection.Names.Count > 0 && selection.MostFrequent is not null)
            throw new AttuneException(ExitCode.Recipe, "data.labels holds both names and most_frequent.", "Keep one of them.");
        if (selection.Names.FirstOrDefault(name => !counts.ContainsKey(name)) is { } unknown)
        {
            var meant = NearestName.Of(unknown, counts.Keys) is { } nearest ? $"; did you mean '{nearest}'?" : "";
            throw new AttuneException(
                ExitCode.Data, $"No training row has the label '{unknown}' (data.labels){meant}.", $"Labels are {List(counts)}.");
        }

        if (selection.MostFrequent is { } n && (n < 1 || n > counts.Count))
            throw new AttuneException(ExitCode.Recipe, $"data.labels.most_frequent is {n}; the training rows have {counts.Count} labels.");
        var kept = selection.Names.Count > 0 ? selection.Names.Distinct()
            : counts.OrderByDescending(label => label.Value).ThenBy(label => label.Key, StringComparer.Ordinal)
                .Take(selection.MostFrequent ?? counts.Count).Select(label => label.Key);
        return [.. kept.Order(StringComparer.Ordinal)];
    }

    /// <summary>The rows with a kept label; all of them where nothing was chosen.</summary>
    public static IReadOnlyList<DataRow> Apply(IReadOnlyList<DataRow> rows, IReadOnlyList<string> kept, LabelSelection selection)
    {
        if (selection.Names.Count == 0 && selection.MostFrequent is null) return rows;
        var names = kept.ToHashSet();
        return [.. rows.Where(row => row.Label is not null && names.Contains(row.Label))];
    }

    private static string List(Dictionary<string, int> counts) =>
        string.Join(", ", counts.Keys.Order(StringComparer.Ordinal).Take(20)) + (counts.Count > 20 ? ", …" : "");
}
