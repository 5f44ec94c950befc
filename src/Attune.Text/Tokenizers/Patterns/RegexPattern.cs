using System.Text.RegularExpressions;

namespace Attune.Text.Tokenizers.Patterns;

/// <summary>A regular expression, translated from Oniguruma's form. A match that takes too long is an error.</summary>
/// <param name="source">The expression in the file, for errors.</param>
/// <param name="translated">The expression for .NET.</param>
/// <param name="file">The file's path, for errors.</param>
internal sealed class RegexPattern(string source, string translated, string file) : Pattern
{
    private readonly Regex regex = new(translated, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5));

    public override bool TryFind(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        try
        {
            foreach (var match in regex.EnumerateMatches(text, from))
            {
                (start, end) = (match.Index, match.Index + match.Length);
                var withinPair = start == end && start > 0 && start < text.Length && char.IsSurrogatePair(text[start - 1], text[start]);
                return !withinPair || TryFind(text, start + 1, out start, out end);
            }
        }
        catch (RegexMatchTimeoutException e)
        {
            throw new AttuneException(ExitCode.Model, $"{file}: the regular expression {source} takes too long on a text.", inner: e);
        }

        (start, end) = (text.Length, text.Length);
        return false;
    }
}
