using Attune.Text.Templates.Jinja.PythonText;

namespace Attune.Text.Templates.Jinja.Syntax;

/// <summary>
/// Cuts a template into tokens as Jinja does with <c>trim_blocks</c> (the line break after a block tag goes) and
/// <c>lstrip_blocks</c> (so does white space between the line's start and a block tag).
/// </summary>
internal sealed partial class Lexer
{
    private readonly string _source;
    private readonly List<Token> _tokens = [];
    private int _position;
    private int _line = 1;
    private bool _atLineStart = true;

    private Lexer(string source) => _source = source;

    public static List<Token> Read(string template)
    {
        var lexer = new Lexer(NormalizeLines(template));
        lexer.ReadAll();
        return lexer._tokens;
    }

    // \r\n and \r become \n; one final line break is dropped.
    private static string NormalizeLines(string template)
    {
        var text = NormalizeLineEnds(template);
        return text.EndsWith('\n') ? text[..^1] : text;
    }

    private static string NormalizeLineEnds(string text) =>
        text.Contains('\r', StringComparison.Ordinal) ? text.Replace("\r\n", "\n").Replace('\r', '\n') : text;

    private void ReadAll()
    {
        while (true)
        {
            var tag = FindTag(_position);
            if (tag < 0)
            {
                AddData(_source[_position..]);
                _tokens.Add(new Token(TokenKind.End, "", _line));
                return;
            }

            var kind = _source[tag + 1];
            var sign = SignAt(tag + 2);
            var text = _source[_position..tag];
            AddData(StripBefore(text, sign, kind != '{'));
            Advance(tag, text);
            var afterSign = tag + 2 + (sign == '\0' ? 0 : 1);
            if (kind == '#') ReadComment(afterSign);
            else if (kind == '%' && TryReadRaw(afterSign)) continue;
            else ReadTag(kind, afterSign);
        }
    }

    private int FindTag(int from)
    {
        for (var at = _source.IndexOf('{', from); at >= 0 && at + 1 < _source.Length; at = _source.IndexOf('{', at + 1))
        {
            if (_source[at + 1] is '{' or '%' or '#') return at;
        }

        return -1;
    }

    private char SignAt(int at) => at < _source.Length && _source[at] is '-' or '+' ? _source[at] : '\0';

    private string StripBefore(string text, char sign, bool isBlock)
    {
        if (sign == '-') return text[..Characters.TrimEnd(text)];
        if (sign == '+' || !isBlock) return text;
        var lineStart = text.LastIndexOf('\n') + 1;
        if (lineStart == text.Length || (lineStart == 0 && !_atLineStart)) return text;
        return Characters.IsSpace(text.AsSpan(lineStart)) ? text[..lineStart] : text;
    }

    private void AddData(string text)
    {
        if (text.Length > 0) _tokens.Add(new Token(TokenKind.Data, text, _line));
    }

    // Moves to `to`, counting the lines of what lies between.
    private void Advance(int to, ReadOnlySpan<char> passed)
    {
        _line += passed.Count('\n');
        _position = to;
    }

    private void AdvanceTo(int to) => Advance(to, _source.AsSpan(_position, to - _position));

    private void ReadComment(int from)
    {
        var end = _source.IndexOf("#}", from, StringComparison.Ordinal);
        if (end < 0 && from < _source.Length) throw JinjaException.Syntax("Missing end of comment tag", _line);
        if (end < 0)
        {
            AdvanceTo(from); // nothing follows: as in the reference, no end is missed
            return;
        }

        // The sign before the end belongs to it, unless it is the very one after the beginning.
        var sign = end > from ? SignAt(end - 1) : '\0';
        EndTag(end + 2, sign, trimsLineBreak: true);
    }

    // Where a tag's closing characters end: `-` eats all white space after it, `+` nothing, none the line break of a block.
    private void EndTag(int end, char sign, bool trimsLineBreak)
    {
        if (sign == '-') end = Characters.SkipSpace(_source, end);
        else if (sign == '\0' && trimsLineBreak && end < _source.Length && _source[end] == '\n') end++;
        _atLineStart = end > 0 && _source[end - 1] == '\n';
        AdvanceTo(end);
    }

    private bool TryReadRaw(int from)
    {
        if (!TryMatchTag(from, "raw", out var start, out var sign)) return false;
        // The line break after {% raw %} stays: trim_blocks does not reach it.
        EndTag(start, sign, trimsLineBreak: false);
        for (var at = _position; _position < _source.Length; at++)
        {
            at = _source.IndexOf("{%", at, StringComparison.Ordinal);
            if (at < 0) throw JinjaException.Syntax("Missing end of raw directive", _line);
            var before = SignAt(at + 2);
            if (!TryMatchTag(at + 2 + (before == '\0' ? 0 : 1), "endraw", out var end, out var after)) continue;
            var text = _source[_position..at];
            AddData(StripBefore(text, before, isBlock: true));
            Advance(at, text);
            EndTag(end, after, trimsLineBreak: true);
            return true;
        }

        return true; // nothing follows: as in the reference, no end is missed
    }

    // Matches `\s*name\s*[+-]?%}` and gives where it ends. {% raw +%} is no raw tag, {% endraw +%} is.
    private bool TryMatchTag(int from, string name, out int end, out char sign)
    {
        end = 0;
        sign = '\0';
        var at = Characters.SkipSpace(_source, from);
        if (string.CompareOrdinal(_source, at, name, 0, name.Length) != 0) return false;
        at = Characters.SkipSpace(_source, at + name.Length);
        sign = SignAt(at);
        if (sign == '+' && name == "raw") return false;
        if (sign != '\0') at++;
        if (string.CompareOrdinal(_source, at, "%}", 0, 2) != 0) return false;
        end = at + 2;
        return true;
    }

    private void ReadTag(char kind, int from)
    {
        var isBlock = kind == '%';
        _tokens.Add(new Token(isBlock ? TokenKind.BlockBegin : TokenKind.VariableBegin, "{" + kind, _line));
        AdvanceTo(from);
        var brackets = new Stack<char>();
        while (true)
        {
            AdvanceTo(Characters.SkipSpace(_source, _position));
            if (_position >= _source.Length) return; // the parser reports what is missing
            if (brackets.Count == 0 && TryEndTag(isBlock)) return;
            ReadToken(brackets);
        }
    }

    private bool TryEndTag(bool isBlock)
    {
        var sign = SignAt(_position);
        if (sign == '+' && !isBlock) return false;
        var at = _position + (sign == '\0' ? 0 : 1);
        if (string.CompareOrdinal(_source, at, isBlock ? "%}" : "}}", 0, 2) != 0) return false;
        _tokens.Add(new Token(isBlock ? TokenKind.BlockEnd : TokenKind.VariableEnd, _source[at..(at + 2)], _line));
        EndTag(at + 2, sign, trimsLineBreak: isBlock);
        return true;
    }
}

