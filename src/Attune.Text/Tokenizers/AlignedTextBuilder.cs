using System.Text;

namespace Attune.Text.Tokenizers;

/// <summary>
/// Rewrites a piece from left to right and keeps the alignment. It follows the reference's rule: a character that
/// replaces others is aligned with the first of them, an inserted one with the character before it.
/// </summary>
internal sealed class AlignedTextBuilder(Piece source)
{
    private readonly StringBuilder text = new(source.Length + 8);
    private readonly List<int> starts = new(source.Length + 8);
    private readonly List<int> ends = new(source.Length + 8);
    private int at;

    /// <summary>Index in the source, from the piece's beginning.</summary>
    public int Position => at;

    public bool AtEnd => at >= source.Length;

    /// <summary>The next code point of the source.</summary>
    public Rune Current => RuneAt(at);

    /// <summary>Copies the next code point.</summary>
    public void Keep() => Emit(Current, 0);

    /// <summary>Leaves the next code point out.</summary>
    public void Skip() => at += RuneAt(at).Utf16SequenceLength;

    /// <summary>Adds text that stands for no character of the source.</summary>
    public void Insert(ReadOnlySpan<char> inserted)
    {
        foreach (var rune in inserted.EnumerateRunes()) Emit(rune, 1);
    }

    /// <summary>
    /// Adds one code point. <paramref name="change"/> 0: it replaces the next one of the source; −n: it replaces the
    /// next one and n more; above 0: it is inserted.
    /// </summary>
    public void Emit(Rune rune, int change)
    {
        var (start, end) = change > 0 ? Before() : At();
        for (var left = change; left <= 0 && !AtEnd; left++) Skip();
        Span<char> units = stackalloc char[2];
        var length = rune.EncodeToUtf16(units);
        text.Append(units[..length]);
        Growth.Check(text.Length, source.Source.OriginalLength);
        for (var i = 0; i < length; i++)
        {
            starts.Add(start);
            ends.Add(end);
        }
    }

    public Piece Build() => new AlignedText(text.ToString(), [.. starts], [.. ends], source.Source.OriginalLength).Whole;

    private (int Start, int End) At() => AtEnd ? Before() : source.Original(at, at + Current.Utf16SequenceLength);

    private (int Start, int End) Before()
    {
        if (at > 0) return source.Original(at - (char.IsLowSurrogate(source.Span[at - 1]) ? 2 : 1), at);
        var start = source.Length > 0 ? source.Original(0, 1).Start : 0;
        return (start, start);
    }

    private Rune RuneAt(int index) => Rune.GetRuneAt(source.Source.Text, source.Start + index);
}
