using System.Security.Cryptography;
using System.Text;

namespace Attune.Text.Templates.Spans;

/// <summary>A well-known chat template without <c>{% generation %}</c> blocks, and the edits that put them in.</summary>
/// <param name="Name">The family of models it came with.</param>
/// <param name="Hash">SHA-256 of its source, hexadecimal; see <see cref="HashOf"/>.</param>
/// <param name="Edits">What is replaced, each part occurring once; what is printed stays the same.</param>
internal sealed record KnownTemplate(string Name, string Hash, params (string Part, string Marked)[] Edits)
{
    /// <summary>The hash of a source whose line ends are \n and that neither begins nor ends with white space.</summary>
    public static string HashOf(string source) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Normalize(source))));

    /// <summary>The template with its marks.</summary>
    /// <param name="source">The source that has this hash.</param>
    public string Mark(string source)
    {
        var marked = Normalize(source);
        foreach (var (part, with) in Edits)
        {
            var at = marked.IndexOf(part, StringComparison.Ordinal);
            if (at < 0 || marked.IndexOf(part, at + 1, StringComparison.Ordinal) >= 0)
                throw new InvalidOperationException($"The mark of {Name} does not fit at: {part}");
            marked = string.Concat(marked.AsSpan(0, at), with, marked.AsSpan(at + part.Length));
        }

        return marked;
    }

    private static string Normalize(string source) => source.ReplaceLineEndings("\n").Trim();
}
