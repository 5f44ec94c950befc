namespace Attune.Text.Tokenizers.Normalizers;

/// <summary>Rewrites text before it is cut into pieces.</summary>
internal interface INormalizer
{
    /// <summary>The rewritten piece; the same one where nothing changes.</summary>
    Piece Normalize(Piece piece);
}
