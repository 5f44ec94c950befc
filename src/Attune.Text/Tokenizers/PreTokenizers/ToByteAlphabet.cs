namespace Attune.Text.Tokenizers.PreTokenizers;

/// <summary>
/// Rewrites text as the printable stand-ins of its UTF-8 bytes. Where this would be the last stage before a model that
/// can read bytes itself, it is left out.
/// </summary>
internal sealed class ToByteAlphabet : IPreTokenizer
{
    public void Split(Piece piece, List<Piece> parts) => parts.Add(Rewrite(piece));

    public static Piece Rewrite(Piece piece)
    {
        var builder = new AlignedTextBuilder(piece);
        Span<byte> bytes = stackalloc byte[4];
        while (!builder.AtEnd)
        {
            var length = builder.Current.EncodeToUtf8(bytes);
            for (var i = 0; i < length; i++) builder.Emit(new System.Text.Rune(ByteAlphabet.ToChar(bytes[i])), i == 0 ? 0 : 1);
        }

        return builder.Build();
    }
}
