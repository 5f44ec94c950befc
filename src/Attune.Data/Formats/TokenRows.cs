using System.Text.Json.Nodes;
using Attune.Data.Sources;

namespace Attune.Data.Formats;

/// <summary>Reads rows of token ids with labels or masks.</summary>
internal static class TokenRows
{
    /// <summary>The label that carries no loss.</summary>
    private const int Ignored = -100;

    /// <summary>
    /// Ids and labels. Labels are kept as they are; without them every id is its own label. Masks (completion_mask,
    /// assistant_masks) are always obeyed: where one is 0 there is no loss.
    /// </summary>
    /// <exception cref="FormatException">Not whole numbers, lengths differ, or a label that is neither the id nor −100.</exception>
    public static TokenContent Read(SourceRow row, RowMapping mapping)
    {
        var ids = Numbers(row, mapping, Roles.InputIds) ?? throw new FormatException("input_ids is missing");
        if (ids.Length == 0) throw new FormatException("input_ids is empty");
        if (ids.Any(id => id < 0)) throw new FormatException("input_ids holds a negative number");
        var labels = Numbers(row, mapping, Roles.TokenLabels) ?? [.. ids];
        CheckLength(ids, labels, Roles.TokenLabels);
        for (var i = 0; i < ids.Length; i++)
        {
            if (labels[i] != Ignored && labels[i] != ids[i])
                throw new FormatException($"label {i + 1} is {labels[i]}; expected the token id {ids[i]} at its place, or -100");
        }

        foreach (var role in (string[])[Roles.CompletionMask, Roles.AssistantMasks])
        {
            if (Numbers(row, mapping, role) is not { } mask) continue;
            CheckLength(ids, mask, role);
            for (var i = 0; i < ids.Length; i++)
            {
                if (mask[i] is not (0 or 1)) throw new FormatException($"{role} holds {mask[i]}; expected 0 or 1");
                if (mask[i] == 0) labels[i] = Ignored;
            }
        }

        return new TokenContent(ids, labels);
    }

    private static void CheckLength(int[] ids, int[] other, string role)
    {
        if (other.Length != ids.Length)
            throw new FormatException($"{role} has {other.Length} entries, input_ids has {ids.Length}");
    }

    private static int[]? Numbers(SourceRow row, RowMapping mapping, string role)
    {
        if (mapping.Column(role) is not { } column || row.Fields[column] is not { } node) return null;
        if (node is not JsonArray array) throw new FormatException($"{role} is not an array");
        return [.. array.Select(item => JsonValues.AsInteger(item) is { } number && number is >= int.MinValue and <= int.MaxValue
            ? (int)number : throw new FormatException($"{role} holds something that is not a whole number"))];
    }
}
