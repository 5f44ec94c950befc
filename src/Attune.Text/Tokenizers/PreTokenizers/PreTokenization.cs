namespace Attune.Text.Tokenizers.PreTokenizers;

/// <summary>Pre-tokenizers one after the other.</summary>
internal static class PreTokenization
{
    /// <summary>The pieces of a piece that is not empty, in order, none of them empty.</summary>
    /// <exception cref="AttuneException">The stages multiply the text without end.</exception>
    public static List<Piece> Split(IReadOnlyList<IPreTokenizer> stages, Piece piece)
    {
        var pieces = new List<Piece> { piece };
        foreach (var stage in stages)
        {
            var smaller = new List<Piece>(pieces.Count * 2);
            foreach (var part in pieces) stage.Split(part, smaller);
            pieces = smaller;
            Growth.Check(pieces.Count, piece.Source.OriginalLength);
        }

        return pieces;
    }
}
