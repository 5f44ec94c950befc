using Attune.Text.Tokenizers.Patterns;

namespace Attune.Text.Tokenizers.PreTokenizers;

/// <summary>Splits at the matches of a pattern.</summary>
/// <param name="pattern">What is looked for.</param>
/// <param name="behavior">What becomes of the matches.</param>
/// <param name="invert">Whether what lies between matches counts as the match.</param>
internal sealed class SplitPreTokenizer(Pattern pattern, SplitBehavior behavior, bool invert) : IPreTokenizer
{
    public void Split(Piece piece, List<Piece> parts)
    {
        var pieces = new Pieces(piece, behavior, parts);
        var done = 0;
        var matches = pattern.Over(piece.Span);
        while (matches.TryNext(out var start, out var end))
        {
            if (done < start) pieces.Add(done, start, invert);
            pieces.Add(start, end, !invert);
            done = end;
        }

        if (done < piece.Length) pieces.Add(done, piece.Length, invert);
        pieces.Flush();
    }

    // Stretches come in order; each begins a piece or is joined to the one before.
    private ref struct Pieces(Piece source, SplitBehavior behavior, List<Piece> parts)
    {
        private int start;
        private int end;
        private bool any;
        private bool lastIsMatch;

        public void Add(int from, int to, bool isMatch)
        {
            var joins = any && behavior switch
            {
                SplitBehavior.MergedWithPrevious => isMatch && !lastIsMatch,
                SplitBehavior.MergedWithNext => !isMatch && lastIsMatch,
                SplitBehavior.Contiguous => isMatch == lastIsMatch,
                _ => false,
            };
            if (!joins)
            {
                Flush();
                start = from;
            }

            (end, any, lastIsMatch) = (to, true, isMatch);
        }

        public readonly void Flush()
        {
            var removed = behavior == SplitBehavior.Removed && lastIsMatch;
            if (end > start && !removed) parts.Add(source.Slice(start, end));
        }
    }
}
