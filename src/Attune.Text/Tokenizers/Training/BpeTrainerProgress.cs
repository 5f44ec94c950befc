namespace Attune.Text.Tokenizers.Training;

/// <summary>What a trainer is doing, in this order.</summary>
public enum BpeTrainerPhase
{
    /// <summary>Reads texts and counts their words; counted in texts, of which nobody knows how many come.</summary>
    Reading,

    /// <summary>Counts the pairs of characters in the words; counted in different words.</summary>
    Counting,

    /// <summary>Learns merges; counted in entries of the vocabulary. It ends early where no pair is left to merge.</summary>
    Merging,
}

/// <summary>How far a trainer has come.</summary>
/// <param name="Phase">What it is doing.</param>
/// <param name="Done">How many are done.</param>
/// <param name="Total">How many there are; null: unknown.</param>
public readonly record struct BpeTrainerProgress(BpeTrainerPhase Phase, long Done, long? Total)
{
    /// <summary>The share of the phase that is done, 0 to 1; null: unknown.</summary>
    public double? Share => Total switch
    {
        null => null,
        0 => 1,
        { } total => Math.Min((double)Done / total, 1),
    };
}
