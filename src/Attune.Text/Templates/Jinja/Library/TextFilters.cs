using System.Text;
using Attune.Text.Templates.Jinja.Evaluation;
using Attune.Text.Templates.Jinja.PythonText;
using Attune.Text.Templates.Jinja.Values;

namespace Attune.Text.Templates.Jinja.Library;

/// <summary>Filters that make text of text.</summary>
internal static class TextFilters
{
    public static readonly KeyValuePair<string, Func<Evaluator, object?, CallArguments, object?>>[] All =
    [
        Filters.Define("upper", 0, [], call => call.Like(Casing.Upper(call.Text))),
        Filters.Define("lower", 0, [], call => call.Like(Casing.Lower(call.Text))),
        Filters.Define("capitalize", 0, [], call => call.Like(Casing.Capitalize(call.Text))),
        Filters.Define("title", 0, [], call => call.Like(Title(call.Text))),
        Filters.Define("trim", 0, ["chars"], call => call.Like(Trimming.Strip(call.Text, call.Arguments.OptionalText(0)))),
        Filters.Define("string", 0, [], call => Strings.Is(call.Value) ? call.Value : call.Text),
        Filters.Define("center", 0, ["width"], call => call.Like(Alignment.Center(call.Text, call.Arguments.Index(0, 80), " "))),
        Filters.Define("replace", 2, ["old", "new", "count"], Replace),
        Filters.Define("indent", 0, ["width", "first", "blank"], Indent),
        Filters.Define("truncate", 0, ["length", "killwords", "end", "leeway"], Truncate),
        Filters.Define("wordcount", 0, [], call => WordCount(call.Text)),
        Filters.Define("wordwrap", 0, ["width", "break_long_words", "wrapstring", "break_on_hyphens"], Wrap),
        Filters.DefineFree("format", Format),
        Filters.Define("tojson", 0, ["ensure_ascii", "indent", "separators", "sort_keys"], ToJson),
    ];

    private static string Title(string text)
    {
        var title = new StringBuilder(text.Length);
        for (var start = 0; start < text.Length;)
        {
            var end = start;
            var isBreak = IsBreak(text[start]);
            while (end < text.Length && IsBreak(text[end]) == isBreak) end++;
            var word = text[start..end];
            Characters.RuneAt(word, 0, out var first);
            title.Append(isBreak ? word : Casing.Upper(word[..first]) + Casing.Lower(word[first..]));
            start = end;
        }

        return title.ToString();
    }

    private static bool IsBreak(char c) => Characters.IsSpace(c) || c is '-' or '(' or '{' or '[' or '<';

    private static object Replace(FilterCall call)
    {
        var (old, with) = (call.Arguments.Get(0), call.Arguments.Get(1));
        var count = call.Arguments.OptionalIndex(2) ?? -1;
        if (!call.Runtime.Autoescape)
            return Searching.Replace(call.Text, Representation.Str(old), Representation.Str(with), count);
        var isMarkup = call.Value is Markup || old is Markup || with is Markup;
        if (!isMarkup) return Searching.Replace(call.Text, Representation.Str(old), Representation.Str(with), count);
        return new Markup(Searching.Replace(
            Markup.Escape(call.Value).Text, Representation.Str(old), Markup.Escape(with).Text, count));
    }

    private static object Indent(FilterCall call)
    {
        Undefined.Reject(call.Value);
        if (!Strings.Is(call.Value, out var text))
            throw JinjaException.Type($"unsupported operand type(s) for +=: '{TypeNames.Of(call.Value)}' and 'str'");
        var width = call.Arguments.Get(0, 4L);
        if (!Strings.Is(width, out var indentation)) indentation = Alignment.Fill(" ", Integers.ToIndex(width));
        var lines = Splitting.Lines(text + "\n", keepEnds: false);
        var blank = call.Arguments.Flag(2);
        var indented = new StringBuilder(call.Arguments.Flag(1) ? indentation : "");
        for (var i = 0; i < lines.Count; i++)
        {
            if (i > 0) indented.Append('\n');
            if (i > 0 && (blank || lines[i].Length > 0)) indented.Append(indentation);
            indented.Append(lines[i]);
            Budget.ChargeText(indented.Length / (i + 1));
            Limits.CheckText(indented.Length);
        }

        return call.Like(indented.ToString());
    }

    private static object? Truncate(FilterCall call)
    {
        var length = call.Arguments.Index(0, 255);
        var end = call.Arguments.Text(2, "...");
        var leeway = call.Arguments.OptionalIndex(3) ?? 5;
        var kept = length - Strings.Length(end);
        if (kept < 0 || leeway < 0)
            throw new JinjaException("AssertionError", $"expected length >= {Strings.Length(end)} and leeway >= 0");
        var whole = Iteration.TryLength(call.Value)
            ?? throw JinjaException.Type($"object of type '{TypeNames.Of(call.Value)}' has no len()");
        if (whole <= (long)length + leeway) return call.Value;
        if (!Strings.Is(call.Value, out var text)) throw JinjaException.Type("can only concatenate str to str");
        var cut = text[..Strings.IndexOfCodePoint(text, kept)];
        var space = call.Arguments.Flag(1) ? -1 : cut.LastIndexOf(' ');
        return call.Like((space < 0 ? cut : cut[..space]) + end);
    }

    private static object WordCount(string text)
    {
        var count = 0L;
        var inWord = false;
        for (var i = 0; i < text.Length;)
        {
            var rune = Characters.RuneAt(text, i, out var length);
            var isWord = rune == '_' || Characters.IsAlphanumeric(rune);
            if (isWord && !inWord) count++;
            inWord = isWord;
            i += length;
        }

        return count;
    }

    private static object Wrap(FilterCall call)
    {
        Undefined.Reject(call.Value);
        if (!Strings.Is(call.Value, out var text))
            throw new JinjaException("AttributeError", $"'{TypeNames.Of(call.Value)}' object has no attribute 'splitlines'");
        var width = call.Arguments.Index(0, 79);
        if (width <= 0) throw JinjaException.Value($"invalid width {width} (must be > 0)");
        var breaker = call.Arguments.OptionalText(2) ?? "\n";
        var wrapper = new WordWrap(width, call.Arguments.Flag(1, true), call.Arguments.Flag(3, true));
        var lines = Splitting.Lines(text, keepEnds: false).Select(line => string.Join(breaker, wrapper.Wrap(line)));
        return call.Like(Joining.Join(breaker, lines));
    }

    private static object Format(FilterCall call)
    {
        if (call.Raw.Keywords.Count > 0 && call.Raw.Positional.Count > 0)
        {
            throw new JinjaException(
                "FilterArgumentError", "can't handle positional and keyword arguments at the same time");
        }

        object values = call.Raw.Keywords.Count > 0
            ? Globals.DictionaryOf(call.Raw.Keywords)
            : new JinjaTuple(call.Raw.Positional);
        return call.Like(PercentFormat.Format(call.Text, values));
    }

    private static object ToJson(FilterCall call) => Library.ToJson.Write(
        call.Value,
        ensureAscii: call.Arguments.Flag(0),
        indent: call.Arguments.Get(1),
        separators: call.Arguments.Get(2),
        sortKeys: call.Arguments.Flag(3));
}
