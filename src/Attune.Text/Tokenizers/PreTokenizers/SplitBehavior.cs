namespace Attune.Text.Tokenizers.PreTokenizers;

/// <summary>What becomes of the matches at which text is split.</summary>
internal enum SplitBehavior
{
    /// <summary>A piece of their own.</summary>
    Isolated,

    /// <summary>Left out.</summary>
    Removed,

    /// <summary>The end of the piece before.</summary>
    MergedWithPrevious,

    /// <summary>The beginning of the piece after.</summary>
    MergedWithNext,

    /// <summary>One piece with the matches next to them.</summary>
    Contiguous,
}
