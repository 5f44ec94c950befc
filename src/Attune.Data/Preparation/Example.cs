using Attune.Data.Sources;

namespace Attune.Data.Preparation;

/// <summary>A row as the model sees it.</summary>
/// <param name="TokenIds">n token ids, n at least 1.</param>
/// <param name="Labels">
/// n labels: <c>Labels[i]</c> is the id at i where it carries loss, −100 where not. The objective shifts: the hidden state
/// at t predicts label t + 1, so a label at position 0 never counts.
/// </param>
/// <param name="Origin">File and line of the row.</param>
/// <param name="Label">Its class, for a label task.</param>
/// <param name="Length">Tokens before it was cut to the maximum sequence length.</param>
public sealed record Example(int[] TokenIds, int[] Labels, RowOrigin Origin, string? Label, int Length)
{
    /// <summary>The label that carries no loss.</summary>
    public const int Ignored = -100;

    /// <summary>An example that was not cut and comes from no file.</summary>
    public Example(int[] tokenIds, int[] labels)
        : this(tokenIds, labels, default, null, tokenIds.Length)
    {
    }

    /// <summary>Labels that count: those from position 1 on.</summary>
    public int LabelTokens { get; } = CountLabels(Labels);

    /// <summary>Whether tokens were cut off.</summary>
    public bool IsTruncated => TokenIds.Length < Length;

    private static int CountLabels(ReadOnlySpan<int> labels) => labels.Length > 0 ? labels.Length - 1 - labels[1..].Count(Ignored) : 0;
}
