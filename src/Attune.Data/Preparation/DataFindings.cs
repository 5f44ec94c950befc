using Attune.Data.Selection;
using Attune.Data.Sources;

namespace Attune.Data.Preparation;

/// <summary>Findings about the parts as a whole: lost, cut and leaked rows.</summary>
internal static class DataFindings
{
    public static IEnumerable<Finding> Of(DataSets sets, IReadOnlyCollection<PreparedPart> parts, IReadOnlyList<BadRow> malformed)
    {
        foreach (var part in parts)
        {
            if (part.Examples.Count == 0)
                yield return NoneLeft(part);
            else if (part.Dropped.Count > 0)
                yield return Dropped(part);
            if (part.Truncated > 0)
                yield return Truncated(part);
        }

        if (malformed.Count > 0)
        {
            yield return new Finding(
                FindingNames.BadRows, Stops: false, $"{Rows(malformed.Count)} malformed and left out; the first: {malformed[0].Reason}.",
                "They are listed in data/manifest.json.", malformed.Count, Origin(malformed[0]));
        }

        foreach (var overlap in sets.Overlaps.Where(overlap => overlap.Part != overlap.AlsoIn))
        {
            yield return new Finding(
                FindingNames.LeakedRows, Stops: false,
                $"{Rows(overlap.Rows)} of the {overlap.Part} part repeated word for word from the {overlap.AlsoIn} part; {overlap.Examples[0].Row} is {overlap.Examples[0].Earlier}: a figure on them says nothing about new rows.",
                "Take them out of one of the two.", overlap.Rows, overlap.Examples[0].Row);
        }

        foreach (var part in sets.Parts.Where(_ => sets.Labels.Count > 0))
        {
            if (Unseen(part, sets.Labels) is { } finding)
                yield return finding;
        }
    }

    private static Finding NoneLeft(PreparedPart part)
    {
        var first = part.Dropped.Count > 0 ? part.Dropped[0] : null;
        return new Finding(
            FindingNames.NoLabelLeft, Stops: true,
            first is null ? $"No row of the {part.Name} part can be used." : $"No row of the {part.Name} part carries a label; the first: {first.Reason}.",
            first?.Reason.Contains("cutting") == true ? "Raise max_sequence_length, or shorten the prompts." : "Look at the rows with attune data preview.",
            part.Dropped.Count, first is null ? null : Origin(first));
    }

    private static Finding Dropped(PreparedPart part) => new(
        FindingNames.RowsWithoutLabel, Stops: false,
        $"{Rows(part.Dropped.Count)} of the {part.Name} part dropped, as nothing in them carries a label; the first: {part.Dropped[0].Reason}.",
        "Raise max_sequence_length if they were cut.", part.Dropped.Count, Origin(part.Dropped[0]));

    private static Finding Truncated(PreparedPart part)
    {
        var longest = part.Examples.MaxBy(example => example.Length)!;
        var first = part.Examples.First(example => example.IsTruncated);
        return new Finding(
            FindingNames.TruncatedRows, Stops: false,
            $"{Rows(part.Truncated)} of the {part.Name} part cut to {first.TokenIds.Length} tokens; the longest has {longest.Length}.",
            "Raise max_sequence_length to keep them whole.", part.Truncated, first.Origin);
    }

    private static Finding? Unseen(DataPart part, IReadOnlyList<string> labels)
    {
        var known = labels.ToHashSet();
        var rows = part.Rows.Where(row => row.Label is not null && !known.Contains(row.Label)).ToList();
        return rows.Count == 0 ? null : new Finding(
            FindingNames.UnseenLabels, Stops: false,
            $"{Rows(rows.Count)} of the {part.Name} part with labels that no training row has, such as '{rows[0].Label}': they can only be wrong.",
            "Check the spelling of the labels in both files.", rows.Count, rows[0].Origin);
    }

    private static string Rows(int count) => count == 1 ? "1 row is" : $"{count} rows are";

    private static RowOrigin Origin(BadRow row) => new(row.File, row.Line);
}
