namespace Attune.Text.Tokenizers.Patterns;

/// <summary>A pattern that is written as code: quicker than a regular expression, and over code points.</summary>
/// <param name="scan">The end of the match that begins at an index, or −1; matches are not empty.</param>
internal sealed class ScannerPattern(Scan scan) : Pattern
{
    public override bool TryFind(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        for (start = from; start < text.Length; start++)
        {
            if (start > from && char.IsLowSurrogate(text[start])) continue;
            end = scan(text, start);
            if (end >= 0) return true;
        }

        end = start;
        return false;
    }
}

/// <summary>The end of the match that begins at an index below the text's length, or −1.</summary>
internal delegate int Scan(ReadOnlySpan<char> text, int at);
