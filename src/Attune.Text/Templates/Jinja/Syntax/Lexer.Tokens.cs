using Attune.Text.Templates.Jinja.PythonText;
using Attune.Text.Templates.Jinja.Values;

namespace Attune.Text.Templates.Jinja.Syntax;

/// <summary>Tokens inside of tags.</summary>
internal sealed partial class Lexer
{
    private static readonly string[] LongOperators = ["//", "**", "==", "!=", ">=", "<="];
    private const string ShortOperators = "+-/*%~[](){}><=.:|,;";

    private void ReadToken(Stack<char> brackets)
    {
        var c = source[position];
        var end = MatchFloat(position);
        if (end > 0)
        {
            Add(TokenKind.Float, end);
            return;
        }

        end = MatchInteger(position);
        if (end > 0)
        {
            Add(TokenKind.Integer, end);
            return;
        }

        if (IsNameStart(position, out _)) ReadName();
        else if (c is '\'' or '"') ReadString(c);
        else ReadOperator(brackets);
    }

    private void Add(TokenKind kind, int end)
    {
        tokens.Add(new Token(kind, source[position..end], line));
        AdvanceTo(end);
    }

    private bool IsNameStart(int at, out int length)
    {
        var rune = Characters.RuneAt(source, at, out length);
        return rune == '_' || (Characters.IsAlphanumeric(rune) && !Characters.IsDecimal(rune));
    }

    private void ReadName()
    {
        var end = position;
        while (end < source.Length)
        {
            var rune = Characters.RuneAt(source, end, out var length);
            if (rune != '_' && !Characters.IsAlphanumeric(rune)) break;
            end += length;
        }

        if (!Characters.IsIdentifier(source[position..end]))
            throw JinjaException.Syntax("Invalid character in identifier", line);
        Add(TokenKind.Name, end);
    }

    private void ReadOperator(Stack<char> brackets)
    {
        var op = LongOperators.FirstOrDefault(o => string.CompareOrdinal(source, position, o, 0, o.Length) == 0);
        if (op is null)
        {
            var c = source[position];
            if (!ShortOperators.Contains(c, StringComparison.Ordinal))
                throw JinjaException.Syntax($"unexpected char {Representation.Repr(c.ToString())} at {position}", line);
            op = c.ToString();
            Balance(brackets, c);
        }

        Add(TokenKind.Operator, position + op.Length);
    }

    private void Balance(Stack<char> brackets, char c)
    {
        if (c is '(' or '[' or '{')
        {
            brackets.Push(c == '(' ? ')' : c == '[' ? ']' : '}');
        }
        else if (c is ')' or ']' or '}')
        {
            if (brackets.Count == 0) throw JinjaException.Syntax($"unexpected '{c}'", line);
            var expected = brackets.Pop();
            if (expected != c) throw JinjaException.Syntax($"unexpected '{c}', expected '{expected}'", line);
        }
    }

    private void ReadString(char quote)
    {
        var end = position + 1;
        while (end < source.Length && source[end] != quote) end += source[end] == '\\' ? 2 : 1;
        if (end >= source.Length)
            throw JinjaException.Syntax($"unexpected char {Representation.Repr(quote.ToString())} at {position}", line);
        var value = StringLiteral.Unescape(source.AsSpan(position + 1, end - position - 1), line);
        tokens.Add(new Token(TokenKind.String, value, line));
        AdvanceTo(end + 1);
    }

    // digits, with single underscores between them; returns where they end, or 0 for none
    private int MatchDigits(int at, Func<char, bool> isDigit)
    {
        if (at >= source.Length || !isDigit(source[at])) return 0;
        while (at < source.Length)
        {
            if (isDigit(source[at])) at++;
            else if (source[at] == '_' && at + 1 < source.Length && isDigit(source[at + 1])) at += 2;
            else break;
        }

        return at;
    }

    private int MatchFloat(int start)
    {
        if (start > 0 && source[start - 1] == '.') return 0;
        var end = MatchDigits(start, char.IsAsciiDigit);
        if (end == 0) return 0;
        var fraction = end < source.Length && source[end] == '.' ? MatchDigits(end + 1, char.IsAsciiDigit) : 0;
        var exponent = MatchExponent(fraction > 0 ? fraction : end);
        return exponent > 0 ? exponent : fraction;
    }

    private int MatchExponent(int at)
    {
        if (at >= source.Length || source[at] is not ('e' or 'E')) return 0;
        at++;
        if (at < source.Length && source[at] is '+' or '-') at++;
        return MatchDigits(at, char.IsAsciiDigit);
    }

    private int MatchInteger(int start)
    {
        if (!char.IsAsciiDigit(source[start])) return 0;
        if (source[start] != '0') return MatchDigits(start, char.IsAsciiDigit);
        var at = start + 1 < source.Length && source[start + 1] != '_' ? start + 2 : 0;
        if (at > 0 && at < source.Length && source[at] == '_') at++;
        var end = at == 0 ? 0 : (source[start + 1] | 0x20) switch
        {
            'b' => MatchDigits(at, c => c is '0' or '1'),
            'o' => MatchDigits(at, c => c is >= '0' and <= '7'),
            'x' => MatchDigits(at, char.IsAsciiHexDigit),
            _ => 0,
        };
        return end > 0 ? end : MatchDigits(start, c => c == '0');
    }
}
