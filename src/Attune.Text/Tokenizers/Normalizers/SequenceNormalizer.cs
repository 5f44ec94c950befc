namespace Attune.Text.Tokenizers.Normalizers;

/// <summary>One normalizer after the other.</summary>
internal sealed class SequenceNormalizer(INormalizer[] parts) : INormalizer
{
    public Piece Normalize(Piece piece)
    {
        foreach (var part in parts) piece = part.Normalize(piece);
        return piece;
    }
}
