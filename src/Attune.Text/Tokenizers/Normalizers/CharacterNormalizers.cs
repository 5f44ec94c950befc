using System.Globalization;
using System.Text;

namespace Attune.Text.Tokenizers.Normalizers;

/// <summary>Lower case, character by character: "İ" becomes two, and a final sigma is no other.</summary>
internal sealed class LowercaseNormalizer : INormalizer
{
    private static readonly Rune DottedCapitalI = new('\u0130');

    public Piece Normalize(Piece piece)
    {
        var builder = new AlignedTextBuilder(piece);
        while (!builder.AtEnd)
        {
            if (builder.Current == DottedCapitalI)
            {
                builder.Emit(new Rune('i'), 0);
                builder.Emit(new Rune('\u0307'), 1);
            }
            else
            {
                builder.Emit(Rune.ToLowerInvariant(builder.Current), 0);
            }
        }

        return builder.Build();
    }
}

/// <summary>Leaves non-spacing marks out.</summary>
internal sealed class StripAccentsNormalizer : INormalizer
{
    public Piece Normalize(Piece piece)
    {
        var builder = new AlignedTextBuilder(piece);
        while (!builder.AtEnd)
        {
            if (Rune.GetUnicodeCategory(builder.Current) == UnicodeCategory.NonSpacingMark) builder.Skip();
            else builder.Keep();
        }

        return builder.Build();
    }
}

/// <summary>Leaves white space at the ends out.</summary>
internal sealed class StripNormalizer(bool left, bool right) : INormalizer
{
    public Piece Normalize(Piece piece)
    {
        var text = piece.Span;
        var start = left ? text.Length - text.TrimStart().Length : 0;
        var end = right ? Math.Max(text.TrimEnd().Length, start) : text.Length;
        return piece.Slice(start, end);
    }
}

/// <summary>Puts text before text that is not empty.</summary>
internal sealed class PrependNormalizer(string prefix) : INormalizer
{
    public Piece Normalize(Piece piece)
    {
        if (piece.Length == 0 || prefix.Length == 0) return piece;
        var builder = new AlignedTextBuilder(piece);
        var first = builder.Current;
        var change = 0;
        foreach (var rune in prefix.EnumerateRunes())
        {
            builder.Emit(rune, change);
            change = 1;
        }

        builder.Emit(first, change);
        while (!builder.AtEnd) builder.Keep();
        return builder.Build();
    }
}

/// <summary>Rewrites text as the printable stand-ins of its UTF-8 bytes.</summary>
internal sealed class ByteLevelNormalizer : INormalizer
{
    public Piece Normalize(Piece piece) => PreTokenizers.ToByteAlphabet.Rewrite(piece);
}
