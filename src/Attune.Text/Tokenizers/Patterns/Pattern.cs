using System.Diagnostics;

namespace Attune.Text.Tokenizers.Patterns;

/// <summary>What a text is searched for.</summary>
internal abstract class Pattern
{
    /// <summary>The next match [start, end) from an index on; it may be empty.</summary>
    public abstract bool TryFind(ReadOnlySpan<char> text, int from, out int start, out int end);

    /// <summary>Throws where a walk over a text has taken too long; code that is ours needs no such check.</summary>
    /// <param name="began">When it began (<see cref="Stopwatch.GetTimestamp"/>).</param>
    /// <param name="textLength">In UTF-16 units.</param>
    public virtual void CheckTime(long began, int textLength)
    {
    }

    /// <summary>
    /// Walks over a text. Like the reference, an empty match right after the match before it does not count.
    /// </summary>
    public Matches Over(ReadOnlySpan<char> text) => new(this, text);

    /// <summary>The matches of a pattern in a text, in order.</summary>
    internal ref struct Matches(Pattern pattern, ReadOnlySpan<char> text)
    {
        private readonly ReadOnlySpan<char> text = text;
        private int from;
        private readonly long began = Stopwatch.GetTimestamp();
        private int lastEnd = -1;

        public bool TryNext(out int start, out int end)
        {
            while (from <= text.Length && pattern.TryFind(text, from, out start, out end))
            {
                pattern.CheckTime(began, text.Length);
                if (start < end || end != lastEnd)
                {
                    (from, lastEnd) = (end, end);
                    return true;
                }

                from += from + 1 < text.Length && char.IsSurrogatePair(text[from], text[from + 1]) ? 2 : 1;
            }

            (start, end) = (text.Length, text.Length);
            return false;
        }
    }
}
