namespace Attune.Text.Tokenizers.Patterns;

/// <summary>Matches a string as it stands; an empty one matches the whole text.</summary>
internal sealed class LiteralPattern(string literal) : Pattern
{
    public override bool TryFind(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        var at = text[from..].IndexOf(literal, StringComparison.Ordinal);
        start = from + Math.Max(at, 0);
        end = literal.Length == 0 ? text.Length : start + literal.Length;
        return at >= 0;
    }
}
