namespace Attune.Text.Tokenizers.PreTokenizers;

/// <summary>Puts a space before a piece that begins with none.</summary>
internal sealed class AddPrefixSpace : IPreTokenizer
{
    public void Split(Piece piece, List<Piece> parts)
    {
        if (piece.Span[0] == ' ')
        {
            parts.Add(piece);
            return;
        }

        var builder = new AlignedTextBuilder(piece);
        var first = builder.Current;
        builder.Emit(new System.Text.Rune(' '), 0);
        builder.Emit(first, 1);
        while (!builder.AtEnd) builder.Keep();
        parts.Add(builder.Build());
    }
}
