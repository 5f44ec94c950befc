using System.Globalization;
using System.Text;

namespace Attune.Text.Templates.Jinja.Syntax;

/// <summary>Escapes in string literals, as Python's <c>unicode-escape</c> codec reads them.</summary>
internal static class StringLiteral
{
    public static string Unescape(ReadOnlySpan<char> literal, int line)
    {
        if (!literal.Contains('\\')) return literal.ToString();
        var text = new StringBuilder(literal.Length);
        for (var i = 0; i < literal.Length;)
        {
            if (literal[i] != '\\') text.Append(literal[i++]);
            else i += 1 + Escape(literal[(i + 1)..], text, line);
        }

        return text.ToString();
    }

    // Appends what the escape after the backslash stands for; returns the characters it takes.
    private static int Escape(ReadOnlySpan<char> rest, StringBuilder text, int line)
    {
        var c = rest[0]; // the lexer sees to it that a backslash is never last
        switch (c)
        {
            case '\n': return 1;
            case '\\' or '\'' or '"': text.Append(c); return 1;
            case 'a': text.Append('\a'); return 1;
            case 'b': text.Append('\b'); return 1;
            case 'f': text.Append('\f'); return 1;
            case 'n': text.Append('\n'); return 1;
            case 'r': text.Append('\r'); return 1;
            case 't': text.Append('\t'); return 1;
            case 'v': text.Append('\v'); return 1;
            case 'x': return Hexadecimal(rest, 2, text, line);
            case 'u': return Hexadecimal(rest, 4, text, line);
            case 'U': return Hexadecimal(rest, 8, text, line);
            case >= '0' and <= '7': return Octal(rest, text);
            case 'N': throw JinjaException.Syntax("character names (\\N{…}) are not supported", line);
            case < '\x80': text.Append('\\').Append(c); return 1;
            default: return BeyondAscii(rest, text);
        }
    }

    private static int Octal(ReadOnlySpan<char> rest, StringBuilder text)
    {
        var value = 0;
        var n = 0;
        while (n < 3 && n < rest.Length && rest[n] is >= '0' and <= '7') value = (value * 8) + (rest[n++] - '0');
        text.Append((char)value);
        return n;
    }

    private static int Hexadecimal(ReadOnlySpan<char> rest, int digits, StringBuilder text, int line)
    {
        if (rest.Length <= digits ||
            !uint.TryParse(rest.Slice(1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) ||
            code > 0x10FFFF)
        {
            throw JinjaException.Syntax($"truncated or illegal \\{rest[0]} escape in a string", line);
        }

        if (code < 0x10000) text.Append((char)code);
        else text.Append(char.ConvertFromUtf32((int)code));
        return 1 + digits;
    }

    // The codec sees a character beyond ASCII as its own escape, so that the backslash before it escapes a backslash.
    private static int BeyondAscii(ReadOnlySpan<char> rest, StringBuilder text)
    {
        if (rest.Length > 1 && char.IsSurrogatePair(rest[0], rest[1]))
        {
            text.Append(CultureInfo.InvariantCulture, $"\\U{char.ConvertToUtf32(rest[0], rest[1]):x8}");
            return 2;
        }

        var code = (int)rest[0];
        if (code < 0x100) text.Append(CultureInfo.InvariantCulture, $"\\x{code:x2}");
        else text.Append(CultureInfo.InvariantCulture, $"\\u{code:x4}");
        return 1;
    }
}
