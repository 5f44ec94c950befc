using Attune.Text.Templates.Jinja.PythonText;

namespace Attune.Text.Templates.Jinja.Syntax;

/// <summary>
/// Cuts a template into tokens as Jinja does with <c>trim_blocks</c> (the line break after a block tag goes) and
/// <c>lstrip_blocks</c> (so does white space between the line's start and a block tag).
/// </summary>
internal sealed partial class Lexer
{
    private readonly string source;
    private readonly List<Token> tokens = [];
    private int position;
    private int line = 1;
    private bool atLineStart = true;

    private Lexer(string source) => this.source = source;

    public static List<Token> Read(string template)
    {
        var lexer = new Lexer(NormalizeLines(template));
        lexer.ReadAll();
        return lexer.tokens;
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
            var tag = FindTag(position);
            if (tag < 0)
            {
                AddData(source[position..]);
                tokens.Add(new Token(TokenKind.End, "", line));
                return;
            }

            var kind = source[tag + 1];
            var sign = SignAt(tag + 2);
            var text = source[position..tag];
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
        for (var at = source.IndexOf('{', from); at >= 0 && at + 1 < source.Length; at = source.IndexOf('{', at + 1))
        {
            if (source[at + 1] is '{' or '%' or '#') return at;
        }

        return -1;
    }

    private char SignAt(int at) => at < source.Length && source[at] is '-' or '+' ? source[at] : '\0';

    private string StripBefore(string text, char sign, bool isBlock)
    {
        if (sign == '-') return text[..Characters.TrimEnd(text)];
        if (sign == '+' || !isBlock) return text;
        var lineStart = text.LastIndexOf('\n') + 1;
        if (lineStart == text.Length || (lineStart == 0 && !atLineStart)) return text;
        return Characters.IsSpace(text.AsSpan(lineStart)) ? text[..lineStart] : text;
    }

    private void AddData(string text)
    {
        if (text.Length > 0) tokens.Add(new Token(TokenKind.Data, text, line));
    }

    // Moves to `to`, counting the lines of what lies between.
    private void Advance(int to, ReadOnlySpan<char> passed)
    {
        line += passed.Count('\n');
        position = to;
    }

    private void AdvanceTo(int to) => Advance(to, source.AsSpan(position, to - position));

    private void ReadComment(int from)
    {
        var end = source.IndexOf("#}", from, StringComparison.Ordinal);
        if (end < 0 && from < source.Length) throw JinjaException.Syntax("Missing end of comment tag", line);
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
        if (sign == '-') end = Characters.SkipSpace(source, end);
        else if (sign == '\0' && trimsLineBreak && end < source.Length && source[end] == '\n') end++;
        atLineStart = end > 0 && source[end - 1] == '\n';
        AdvanceTo(end);
    }

    private bool TryReadRaw(int from)
    {
        if (!TryMatchTag(from, "raw", out var start, out var sign)) return false;
        // The line break after {% raw %} stays: trim_blocks does not reach it.
        EndTag(start, sign, trimsLineBreak: false);
        for (var at = position; position < source.Length; at++)
        {
            at = source.IndexOf("{%", at, StringComparison.Ordinal);
            if (at < 0) throw JinjaException.Syntax("Missing end of raw directive", line);
            var before = SignAt(at + 2);
            if (!TryMatchTag(at + 2 + (before == '\0' ? 0 : 1), "endraw", out var end, out var after)) continue;
            var text = source[position..at];
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
        var at = Characters.SkipSpace(source, from);
        if (string.CompareOrdinal(source, at, name, 0, name.Length) != 0) return false;
        at = Characters.SkipSpace(source, at + name.Length);
        sign = SignAt(at);
        if (sign == '+' && name == "raw") return false;
        if (sign != '\0') at++;
        if (string.CompareOrdinal(source, at, "%}", 0, 2) != 0) return false;
        end = at + 2;
        return true;
    }

    private void ReadTag(char kind, int from)
    {
        var isBlock = kind == '%';
        tokens.Add(new Token(isBlock ? TokenKind.BlockBegin : TokenKind.VariableBegin, "{" + kind, line));
        AdvanceTo(from);
        var brackets = new Stack<char>();
        while (true)
        {
            AdvanceTo(Characters.SkipSpace(source, position));
            if (position >= source.Length) return; // the parser reports what is missing
            if (brackets.Count == 0 && TryEndTag(isBlock)) return;
            ReadToken(brackets);
        }
    }

    private bool TryEndTag(bool isBlock)
    {
        var sign = SignAt(position);
        if (sign == '+' && !isBlock) return false;
        var at = position + (sign == '\0' ? 0 : 1);
        if (string.CompareOrdinal(source, at, isBlock ? "%}" : "}}", 0, 2) != 0) return false;
        tokens.Add(new Token(isBlock ? TokenKind.BlockEnd : TokenKind.VariableEnd, source[at..(at + 2)], line));
        EndTag(at + 2, sign, trimsLineBreak: isBlock);
        return true;
    }
}
