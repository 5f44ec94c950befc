using System.Text;
using Attune.Text.Unicode;

namespace Attune.Text.Tokenizers.Normalizers;

/// <summary>NFD, NFC (compose), NFKD (compatibility) or NFKC (both).</summary>
internal sealed class UnicodeNormalizer(bool compose, bool compatibility) : INormalizer
{
    public Piece Normalize(Piece piece)
    {
        if (NormalizedRunes.IsNormalized(piece.Span, compose, compatibility)) return piece;
        var builder = new AlignedTextBuilder(piece);
        foreach (var (codePoint, change) in NormalizedRunes.Of(piece.Span, compose, compatibility))
            builder.Emit(new Rune(codePoint), change);
        return builder.Build();
    }
}
