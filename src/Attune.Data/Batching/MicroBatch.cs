using Attune.Data.Preparation;

namespace Attune.Data.Batching;

/// <summary>
/// Examples laid end to end, without padding: sample k has <c>Lengths[k]</c> tokens, positions restart with each and
/// attention never crosses from one to the next.
/// </summary>
/// <param name="TokenIds">Ids of all samples, length = sum of <paramref name="Lengths"/>.</param>
/// <param name="Labels">Their labels; the first of every sample is −100, since nothing before it belongs to the sample.</param>
/// <param name="Lengths">Tokens of each sample.</param>
public sealed record MicroBatch(int[] TokenIds, int[] Labels, int[] Lengths)
{
    /// <summary>Labels that count.</summary>
    public int LabelTokens { get; } = Labels.Length - Labels.AsSpan().Count(Example.Ignored);

    /// <summary>Lays examples end to end.</summary>
    public static MicroBatch Of(IReadOnlyList<Example> examples)
    {
        var lengths = examples.Select(example => example.TokenIds.Length).ToArray();
        var (ids, labels) = (new int[lengths.Sum()], new int[lengths.Sum()]);
        var at = 0;
        foreach (var example in examples)
        {
            example.TokenIds.CopyTo(ids, at);
            example.Labels.CopyTo(labels, at);
            labels[at] = Example.Ignored;
            at += example.TokenIds.Length;
        }

        return new MicroBatch(ids, labels, lengths);
    }
}

/// <summary>Cuts the rows of an optimizer step, or of a validation, into micro-batches.</summary>
public static class MicroBatching
{
    /// <summary>Consecutive rows, cut by <see cref="TokenBudget"/>.</summary>
    /// <param name="examples">The rows, in order.</param>
    /// <param name="tokens">Tokens of a micro-batch at most; a longer row is one by itself.</param>
    public static IReadOnlyList<MicroBatch> Cut(IReadOnlyList<Example> examples, int tokens) =>
    [
        .. TokenBudget.Cut([.. examples.Select(example => example.TokenIds.Length)], tokens)
            .Select(group => MicroBatch.Of([.. examples.Skip(group.Start).Take(group.Count)])),
    ];
}
