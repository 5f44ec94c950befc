using System.Globalization;
using Attune.Text.Unicode;

namespace Attune.Text.Tokenizers.Patterns;

/// <summary>Reads classes and escapes of a regular expression as sets.</summary>
internal static class RegexClass
{
    private const int DeepestNesting = 20;

    /// <summary>A class, after its opening bracket: members, ranges, nested classes, <c>&amp;&amp;</c>, POSIX names.</summary>
    public static CodePointSet Read(RegexSource source) => Read(source, 0);

    /// <summary>An escape that stands for characters, after its backslash.</summary>
    public static CodePointSet Escape(RegexSource source) =>
        SetEscape(source) ?? CodePointSet.Of(CharacterEscape(source));

    private static CodePointSet Read(RegexSource source, int depth)
    {
        if (depth > DeepestNesting) throw new FormatException($"classes nested deeper than {DeepestNesting}");
        var negated = source.Take('^');
        var members = new CodePointSet([]);
        CodePointSet? before = null; // what stands left of &&
        for (var first = true; first || !source.Take(']'); first = false)
        {
            if (source.TakeAll("&&"))
            {
                before = before?.Intersect(members) ?? members;
                members = new CodePointSet([]);
            }
            else
            {
                members = members.Union(Member(source, depth));
            }
        }

        if (before is not null) members = before.Intersect(members);
        return negated ? members.Complement() : members;
    }

    private static CodePointSet Member(RegexSource source, int depth)
    {
        if (source.TakeAll("[:"))
        {
            var negated = source.Take('^');
            var name = source.TakeUntil(':');
            if (!source.Take(']')) throw new FormatException($"[:{name}: is not closed");
            return Named(name, negated);
        }

        if (source.Take('[')) return Read(source, depth + 1);
        var escaped = source.Take('\\');
        if (escaped && SetEscape(source) is { } set) return set;
        var first = escaped ? CharacterEscape(source) : source.NextCodePoint();
        if (source.Peek() != '-') return CodePointSet.Of(first);
        source.Next();
        if (source.Peek() == ']') return CodePointSet.Of(first).Union(CodePointSet.Of('-'));
        var last = source.Take('\\') ? CharacterEscape(source) : source.NextCodePoint();
        return last >= first ? new CodePointSet([(first, last)]) : throw new FormatException("a range that runs backwards");
    }

    private static CodePointSet? SetEscape(RegexSource source)
    {
        CodePointSet? set = source.Peek() switch
        {
            'd' => CodePointSets.Digit,
            'D' => CodePointSets.Digit.Complement(),
            'w' => CodePointSets.Word,
            'W' => CodePointSets.Word.Complement(),
            's' => CodePointSets.Space,
            'S' => CodePointSets.Space.Complement(),
            'h' => CodePointSets.HexDigit,
            'H' => CodePointSets.HexDigit.Complement(),
            _ => null,
        };
        if (set is not null)
        {
            source.Next();
            return set;
        }

        if (source.Peek() is not ('p' or 'P')) return null;
        var negated = source.Next() == 'P';
        if (!source.Take('{')) throw new FormatException("\\p without a name in braces");
        negated ^= source.Take('^');
        return Named(source.TakeUntil('}'), negated);
    }

    private static CodePointSet Named(string name, bool negated)
    {
        var set = CodePointSets.Named(name) ?? throw new FormatException($"the class {name}");
        return negated ? set.Complement() : set;
    }

    private static int CharacterEscape(RegexSource source)
    {
        var c = source.NextCodePoint();
        return c switch
        {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'f' => '\f',
            'v' => '\v',
            'a' => '\a',
            'e' => 0x1B,
            '0' => 0,
            'x' when source.Take('{') => Checked(int.TryParse(source.TakeUntil('}'), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var code) ? code : -1),
            'x' => source.TakeHex(1, 2),
            'u' => Checked(source.TakeHex(4, 4)),
            < 128 when char.IsAsciiLetterOrDigit((char)c) => throw new FormatException($"the escape \\{(char)c}"),
            _ => c,
        };
    }

    private static int Checked(int codePoint) =>
        System.Text.Rune.IsValid(codePoint) ? codePoint : throw new FormatException("a number that is no character");
}
