namespace Attune.Text.Tokenizers;

/// <summary>Text on its way to tokens, with the original characters that each of its characters stands for.</summary>
internal sealed class AlignedText
{
    private readonly int[]? starts; // per UTF-16 index; null: the text is the original
    private readonly int[]? ends;

    public AlignedText(string original)
    {
        Text = original;
        OriginalLength = original.Length;
    }

    public AlignedText(string text, int[] starts, int[] ends, int originalLength)
    {
        Text = text;
        OriginalLength = originalLength;
        this.starts = starts;
        this.ends = ends;
    }

    public string Text { get; }

    /// <summary>Length of the text that everything came from, in UTF-16 units.</summary>
    public int OriginalLength { get; }

    public Piece Whole => new(this, 0, Text.Length);

    /// <summary>The original's [start, end) of a range of this text that is not empty.</summary>
    public (int Start, int End) Original(int start, int end) =>
        starts is null ? (start, end) : (starts[start], ends![end - 1]);
}

/// <summary>A stretch [Start, End) of a text.</summary>
internal readonly record struct Piece(AlignedText Source, int Start, int End)
{
    public ReadOnlySpan<char> Span => Source.Text.AsSpan(Start, End - Start);

    public int Length => End - Start;

    /// <summary>A part of this piece, [start, end) counted from its beginning.</summary>
    public Piece Slice(int start, int end) => new(Source, Start + start, Start + end);

    /// <summary>The original's [start, end) of a part of this piece that is not empty.</summary>
    public (int Start, int End) Original(int start, int end) => Source.Original(Start + start, Start + end);
}
