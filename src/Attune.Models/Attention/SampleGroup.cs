namespace Attune.Models.Attention;

/// <summary>
/// Samples of similar length that are attended together, padded at the end to the longest of them: causal attention
/// never looks there. At most a quarter of a sample's length is padding, and only inside attention.
/// </summary>
/// <param name="Samples">Indices of samples, longest first.</param>
/// <param name="Length">Tokens of the longest.</param>
internal sealed record SampleGroup(IReadOnlyList<int> Samples, int Length)
{
    /// <summary>Every sample in one group, longest first.</summary>
    public static IReadOnlyList<SampleGroup> Of(IReadOnlyList<int> lengths)
    {
        var groups = new List<SampleGroup>();
        var samples = new List<int>();
        foreach (var sample in Enumerable.Range(0, lengths.Count).OrderByDescending(sample => lengths[sample]))
        {
            if (samples.Count > 0 && 4 * lengths[sample] < 3 * lengths[samples[0]])
            {
                groups.Add(new SampleGroup(samples, lengths[samples[0]]));
                samples = [];
            }

            samples.Add(sample);
        }

        groups.Add(new SampleGroup(samples, lengths[samples[0]]));
        return groups;
    }
}
