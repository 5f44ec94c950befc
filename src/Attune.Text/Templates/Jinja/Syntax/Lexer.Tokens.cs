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
        var c = _source[_position];
        var end = MatchFloat(_position);
        if (end > 0)
        {
            Add(TokenKind.Float, end);
            return;
        }

        end = MatchInteger(_position);
        if (end > 0)
        {
            Add(TokenKind.Integer, end);
            return;
        }

        if (IsNameStart(_position, out _)) ReadName();
        else if (c is '\'' or '"') ReadString(c);
        else ReadOperator(brackets);
    }

    private void Add(TokenKind kind, int end)
    {
        _tokens.Add(new Token(kind, _source[_position..end], _line));
        AdvanceTo(end);
    }

    private bool IsNameStart(int at, out int length)
    {
        var rune = Characters.RuneAt(_source, at, out length);
        return rune == '_' || (Characters.IsAlphanumeric(rune) && !Characters.IsDecimal(rune));
    }

    private void ReadName()
    {
        var end = _position;
        while (end < _source.Length)
        {
            var rune = Characters.RuneAt(_source, end, out var length);
            if (rune != '_' && !Characters.IsAlphanumeric(rune)) break;
            end += length;
        }

        if (!Characters.IsIdentifier(_source[_position..end]))
            throw JinjaException.Syntax("Invalid character in identifier", _line);
        Add(TokenKind.Name, end);
    }

    private void ReadOperator(Stack<char> brackets)
    {
        var op = LongOperators.FirstOrDefault(o => string.CompareOrdinal(_source, _position, o, 0, o.Length) == 0);
        if (op is null)
        {
            var c = _source[_position];
            if (!ShortOperators.Contains(c, StringComparison.Ordinal))
                throw JinjaException.Syntax($"unexpected char {Representation.Repr(c.ToString())} at {_position}", _line);
            op = c.ToString();
            Balance(brackets, c);
        }

        Add(TokenKind.Operator, _position + op.Length);
    }

    private void Balance(Stack<char> brackets, char c)
    {
        if (c is '(' or '[' or '{')
        {
            brackets.Push(c == '(' ? ')' : c == '[' ? ']' : '}');
        }
        else if (c is ')' or ']' or '}')
        {
            if (brackets.Count == 0) throw JinjaException.Syntax($"unexpected '{c}'", _line);
            var expected = brackets.Pop();
            if (expected != c) throw JinjaException.Syntax($"unexpected '{c}', expected '{expected}'", _line);
        }
    }

    private void ReadString(char quote)
    {
        var end = _position + 1;
        while (end < _source.Length && _source[end] != quote) end += _source[end] == '\\' ? 2 : 1;
        if (end >= _source.Length)
            throw JinjaException.Syntax($"unexpected char {Representation.Repr(quote.ToString())} at {_position}", _line);
        var value = StringLiteral.Unescape(_source.AsSpan(_position + 1, end - _position - 1), _line);
        _tokens.Add(new Token(TokenKind.String, value, _line));
        AdvanceTo(end + 1);
    }

    // digits, with single underscores between them; returns where they end, or 0 for none
    private int MatchDigits(int at, Func<char, bool> isDigit)
    {
        if (at >= _source.Length || !isDigit(_source[at])) return 0;
        while (at < _source.Length)
        {
            if (isDigit(_source[at])) at++;
            else if (_source[at] == '_' && at + 1 < _source.Length && isDigit(_source[at + 1])) at += 2;
            else break;
        }

        return at;
    }

    private int MatchFloat(int start)
    {
        if (start > 0 && _source[start - 1] == '.') return 0;
        var end = MatchDigits(start, char.IsAsciiDigit);
        if (end == 0) return 0;
        var fraction = end < _source.Length && _source[end] == '.' ? MatchDigits(end + 1, char.IsAsciiDigit) : 0;
        var exponent = MatchExponent(fraction > 0 ? fraction : end);
        return exponent > 0 ? exponent : fraction;
    }

    private int MatchExponent(int at)
    {
        if (at >= _source.Length || _source[at] is not ('e' or 'E')) return 0;
        at++;
        if (at < _source.Length && _source[at] is '+' or '-') at++;
        return MatchDigits(at, char.IsAsciiDigit);
    }

    private int MatchInteger(int start)
    {
        if (!char.IsAsciiDigit(_source[start])) return 0;
        if (_source[start] != '0') return MatchDigits(start, char.IsAsciiDigit);
        var at = start + 1 < _source.Length && _source[start + 1] != '_' ? start + 2 : 0;
        if (at > 0 && at < _source.Length && _source[at] == '_') at++;
        var end = at == 0 ? 0 : (_source[start + 1] | 0x20) switch
        {
            'b' => MatchDigits(at, c => c is '0' or '1'),
            'o' => MatchDigits(at, c => c is >= '0' and <= '7'),
            'x' => MatchDigits(at, char.IsAsciiHexDigit),
            _ => 0,
        };
        return end > 0 ? end : MatchDigits(start, c => c == '0');
    }
}

