using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Attune.Text.Tokenizers.Patterns;

/// <summary>A regular expression, translated from Oniguruma's form. A match that takes too long is an error.</summary>
/// <param name="source">The expression in the file, for errors.</param>
/// <param name="translated">The expression for .NET.</param>
/// <param name="file">The file's path, for errors.</param>
internal sealed class RegexPattern(string source, string translated, string file) : Pattern
{
    // For a whole text: a hundred times what a common expression takes, on a busy machine too.
    private static readonly TimeSpan Always = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan PerUnit = TimeSpan.FromMicroseconds(20);

    private readonly Regex regex = new(translated, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5));

    public override bool TryFind(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        try
        {
            do
            {
                if (!TryMatch(text, from, out start, out end)) return false;
                from = start + 1;
            }
            while (IsWithinPair(text, start) && start == end); // an empty match between two surrogates is none

            return true;
        }
        catch (RegexMatchTimeoutException e)
        {
            throw TooSlow(e);
        }
    }

    public override void CheckTime(long began, int textLength)
    {
        if (Stopwatch.GetElapsedTime(began) > Always + (PerUnit * textLength)) throw TooSlow(null);
    }

    private bool TryMatch(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        foreach (var match in regex.EnumerateMatches(text, from))
        {
            (start, end) = (match.Index, match.Index + match.Length);
            return true;
        }

        (start, end) = (text.Length, text.Length);
        return false;
    }

    private static bool IsWithinPair(ReadOnlySpan<char> text, int index) =>
        index > 0 && index < text.Length && char.IsSurrogatePair(text[index - 1], text[index]);

    private AttuneException TooSlow(Exception? inner) =>
        new(ExitCode.Model, $"{file}: the regular expression {source} takes too long on a text.", inner: inner);
}
