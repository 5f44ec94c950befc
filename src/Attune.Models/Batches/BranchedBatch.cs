namespace Attune.Models.Batches;

/// <summary>
/// Samples laid end to end of which some continue an earlier one, their prefix: their positions go on after it, and they see
/// all of it, and what it continues itself, before themselves. So what several texts begin with is computed once. For forward
/// passes only.
/// </summary>
public sealed record BranchedBatch
{
    /// <summary>A batch.</summary>
    /// <param name="samples">The samples; those that continue the same prefix best lie together.</param>
    /// <param name="prefixes">For each sample the earlier one that it continues, −1: none.</param>
    public BranchedBatch(PackedBatch samples, int[] prefixes)
    {
        if (prefixes.Length != samples.Lengths.Length || prefixes.Where((prefix, sample) => prefix >= sample).Any())
            throw new ArgumentException("Expected for each sample −1 or an earlier one.", nameof(prefixes));
        (Samples, Prefixes) = (samples, prefixes);
        Positions = [.. samples.Lengths.SelectMany((length, sample) => Enumerable.Range(Before(sample), length))];
        Length = samples.Lengths.Select((length, sample) => Before(sample) + length).Max();
    }

    /// <summary>The samples.</summary>
    public PackedBatch Samples { get; }

    /// <summary>For each sample the earlier one that it continues, −1: none.</summary>
    public IReadOnlyList<int> Prefixes { get; }

    /// <summary>Position of each token.</summary>
    public int[] Positions { get; }

    /// <summary>Tokens of the longest sample, prefixes included.</summary>
    public int Length { get; }

    /// <summary>Samples without prefixes.</summary>
    public static BranchedBatch Of(PackedBatch samples) => new(samples, [.. samples.Lengths.Select(_ => -1)]);

    /// <summary>Tokens before a sample's own.</summary>
    public int Before(int sample) => Prefixes[sample] is var prefix and >= 0 ? Before(prefix) + Samples.Lengths[prefix] : 0;
}
