using Attune.Text.Tokenizers.Patterns;

namespace Attune.Text.Tokenizers.Normalizers;

/// <summary>Puts a text in place of every match of a pattern; it is aligned with the last character of the match.</summary>
internal sealed class ReplaceNormalizer(Pattern pattern, string content) : INormalizer
{
    public Piece Normalize(Piece piece)
    {
        var matches = pattern.Over(piece.Span);
        if (!matches.TryNext(out var start, out var end)) return piece;
        var builder = new AlignedTextBuilder(piece);
        do
        {
            while (builder.Position < start) builder.Keep();
            while (builder.Position < end) builder.Skip();
            builder.Insert(content);
        }
        while (matches.TryNext(out start, out end));

        while (!builder.AtEnd) builder.Keep();
        return builder.Build();
    }
}
