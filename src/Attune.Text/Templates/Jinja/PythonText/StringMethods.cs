using System.Collections.Frozen;
using System.Text;
using Attune.Text.Templates.Jinja.Library;
using Attune.Text.Templates.Jinja.Values;

namespace Attune.Text.Templates.Jinja.PythonText;

/// <summary>The methods of Python's str (not <c>maketrans</c> and <c>translate</c>).</summary>
internal static class StringMethods
{
    private delegate object? Method(string text, Bound arguments);

    private static readonly FrozenDictionary<string, (Signature Signature, Method Body)> Table = new[]
    {
        Define("upper", 0, [], (s, a) => Casing.Upper(s)),
        Define("lower", 0, [], (s, a) => Casing.Lower(s)),
        Define("casefold", 0, [], (s, a) => Casing.Fold(s)),
        Define("capitalize", 0, [], (s, a) => Casing.Capitalize(s)),
        Define("title", 0, [], (s, a) => Casing.Title(s)),
        Define("swapcase", 0, [], (s, a) => Casing.Swap(s)),
        Define("strip", 0, ["chars"], (s, a) => Trimming.Strip(s, a.OptionalText(0))),
        Define("lstrip", 0, ["chars"], (s, a) => Trimming.StripLeft(s, a.OptionalText(0))),
        Define("rstrip", 0, ["chars"], (s, a) => Trimming.StripRight(s, a.OptionalText(0))),
        Define("split", 0, ["sep", "maxsplit"], (s, a) => List(Splitting.Split(s, a.OptionalText(0), a.Index(1, -1)))),
        Define("rsplit", 0, ["sep", "maxsplit"], (s, a) => List(Splitting.SplitRight(s, a.OptionalText(0), a.Index(1, -1)))),
        Define("splitlines", 0, ["keepends"], (s, a) => List(Splitting.Lines(s, a.Flag(0)))),
        Define("partition", 1, ["sep"], (s, a) => new JinjaTuple(Splitting.Partition(s, a.Text(0), fromRight: false))),
        Define("rpartition", 1, ["sep"], (s, a) => new JinjaTuple(Splitting.Partition(s, a.Text(0), fromRight: true))),
        Define("startswith", 1, ["prefix", "start", "end"], (s, a) => Affix(s, a, atEnd: false)),
        Define("endswith", 1, ["suffix", "start", "end"], (s, a) => Affix(s, a, atEnd: true)),
        Define("removeprefix", 1, ["prefix"], (s, a) => s.StartsWith(a.Text(0), StringComparison.Ordinal) ? s[a.Text(0).Length..] : s),
        Define("removesuffix", 1, ["suffix"], (s, a) => s.EndsWith(a.Text(0), StringComparison.Ordinal) ? s[..^a.Text(0).Length] : s),
        Define("replace", 2, ["old", "new", "count"], (s, a) => Searching.Replace(s, a.Text(0), a.Text(1), a.Index(2, -1))),
        Define("join", 1, ["iterable"], (s, a) => Join(s, a.Get(0))),
        Define("find", 1, ["sub", "start", "end"], (s, a) => Find(s, a, fromRight: false, mustExist: false)),
        Define("rfind", 1, ["sub", "start", "end"], (s, a) => Find(s, a, fromRight: true, mustExist: false)),
        Define("index", 1, ["sub", "start", "end"], (s, a) => Find(s, a, fromRight: false, mustExist: true)),
        Define("rindex", 1, ["sub", "start", "end"], (s, a) => Find(s, a, fromRight: true, mustExist: true)),
        Define("count", 1, ["sub", "start", "end"],
            (s, a) => (long)Searching.Count(s, a.Text(0), a.OptionalIndex(1), a.OptionalIndex(2))),
        Define("center", 1, ["width", "fillchar"], (s, a) => Alignment.Center(s, a.Index(0), Fill(a))),
        Define("ljust", 1, ["width", "fillchar"], (s, a) => Alignment.Left(s, a.Index(0), Fill(a))),
        Define("rjust", 1, ["width", "fillchar"], (s, a) => Alignment.Right(s, a.Index(0), Fill(a))),
        Define("zfill", 1, ["width"], (s, a) => Alignment.Zeros(s, a.Index(0))),
        Define("expandtabs", 0, ["tabsize"], (s, a) => ExpandTabs(s, a.Index(0, 8))),
        Define("encode", 0, ["encoding", "errors"], (s, a) => new Bytes(Encode(s, a.Text(0, "utf-8")))),
        Define("isalpha", 0, [], (s, a) => All(s, Characters.IsLetter)),
        Define("isalnum", 0, [], (s, a) => All(s, Characters.IsAlphanumeric)),
        Define("isdecimal", 0, [], (s, a) => All(s, Characters.IsDecimal)),
        Define("isdigit", 0, [], (s, a) => All(s, Characters.IsDigit)),
        Define("isnumeric", 0, [], (s, a) => All(s, Characters.IsNumeric)),
        Define("isspace", 0, [], (s, a) => s.Length > 0 && Characters.IsSpace(s.AsSpan())),
        Define("isascii", 0, [], (s, a) => s.All(char.IsAscii)),
        Define("isprintable", 0, [], (s, a) => s.Length == 0 || All(s, Characters.IsPrintable)),
        Define("isidentifier", 0, [], (s, a) => Characters.IsIdentifier(s)),
        Define("isupper", 0, [], (s, a) => IsUpper(s)),
        Define("islower", 0, [], (s, a) => IsLower(s)),
        Define("istitle", 0, [], (s, a) => IsTitle(s)),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The method of a string, bound to it; its results are marked as safe where the string is.</summary>
    public static bool TryGet(object owner, string name, out object? method)
    {
        method = null;
        if (name is "format" or "format_map")
        {
            method = new Function(name, arguments => Format(owner, name, arguments));
            return true;
        }

        if (!Table.TryGetValue(name, out var entry)) return false;
        method = new Function(name, arguments =>
        {
            var text = Representation.Str(owner);
            Budget.ChargeText(text.Length);
            var result = entry.Body(text, entry.Signature.Bind(arguments));
            if (result is not string made) return result;
            Budget.ChargeText(made.Length);
            return Strings.Like(owner, made);
        });
        return true;
    }

    public static bool IsUpper(string text) => AllCased(text, Characters.IsUpper);

    public static bool IsLower(string text) => AllCased(text, Characters.IsLower);

    private static KeyValuePair<string, (Signature, Method)> Define(
        string name, int required, string[] parameters, Method body) =>
        KeyValuePair.Create(name, (new Signature(name, required, parameters), body));

    private static JinjaList List(List<string> parts) => new(parts.ToList<object?>());

    private static string Join(string separator, object? items) => Joining.Join(
        separator,
        Iteration.Items(items).Select((item, i) => Strings.Is(item, out var text)
            ? text
            : throw JinjaException.Type($"sequence item {i}: expected str instance, {TypeNames.Of(item)} found")));

    private static object Find(string text, Bound a, bool fromRight, bool mustExist)
    {
        var at = Searching.Find(text, a.Text(0), a.OptionalIndex(1), a.OptionalIndex(2), fromRight);
        if (at < 0 && mustExist) throw JinjaException.Value("substring not found");
        return (long)at;
    }

    private static object Affix(string text, Bound a, bool atEnd)
    {
        var affixes = a.Get(0) is JinjaTuple tuple ? tuple.Items : [a.Get(0)];
        var (from, to) = Searching.Window(text, a.OptionalIndex(1), a.OptionalIndex(2));
        foreach (var affix in affixes)
        {
            if (!Strings.Is(affix, out var part))
            {
                throw JinjaException.Type(
                    $"{(atEnd ? "endswith" : "startswith")} first arg must be str or a tuple of str, not {TypeNames.Of(affix)}");
            }

            if (from < 0) continue;
            var window = text.AsSpan(from, to - from);
            if (atEnd ? window.EndsWith(part, StringComparison.Ordinal) : window.StartsWith(part, StringComparison.Ordinal))
                return true;
        }

        return false;
    }

    private static string Fill(Bound arguments)
    {
        var fill = arguments.Text(1, " ");
        return Strings.Length(fill) == 1
            ? fill
            : throw JinjaException.Type("The fill character must be exactly one character long");
    }

    private static string ExpandTabs(string text, int size)
    {
        var expanded = new StringBuilder();
        var column = 0;
        foreach (var c in text)
        {
            if (c == '\t')
            {
                var fill = size > 0 ? size - (column % size) : 0;
                expanded.Append(Alignment.Fill(" ", fill));
                column += fill;
                Limits.CheckText(expanded.Length);
            }
            else
            {
                expanded.Append(c);
                column = c is '\n' or '\r' ? 0 : column + (char.IsLowSurrogate(c) ? 0 : 1);
            }
        }

        return expanded.ToString();
    }

    private static byte[] Encode(string text, string encoding)
    {
        var name = encoding.ToLowerInvariant().Replace('_', '-');
        var codec = name is "utf-8" or "utf8" ? Encoding.UTF8
            : name is "ascii" or "us-ascii" ? Encoding.ASCII
            : name is "latin-1" or "latin1" or "iso-8859-1" ? Encoding.Latin1
            : throw new JinjaException("LookupError", $"unknown encoding: {encoding}");
        try
        {
            return Encoding.GetEncoding(codec.CodePage, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
                .GetBytes(text);
        }
        catch (EncoderFallbackException)
        {
            throw new JinjaException("UnicodeEncodeError", $"'{encoding}' codec can't encode the text");
        }
    }

    private static bool All(string text, Func<int, bool> holds)
    {
        for (var i = 0; i < text.Length;)
        {
            if (!holds(Characters.RuneAt(text, i, out var length))) return false;
            i += length;
        }

        return text.Length > 0;
    }

    private static bool AllCased(string text, Func<int, bool> holds)
    {
        var isAny = false;
        for (var i = 0; i < text.Length;)
        {
            var rune = Characters.RuneAt(text, i, out var length);
            if (Casing.IsCased(rune))
            {
                if (!holds(rune)) return false;
                isAny = true;
            }

            i += length;
        }

        return isAny;
    }

    private static bool IsTitle(string text)
    {
        var isAny = false;
        var afterCased = false;
        for (var i = 0; i < text.Length;)
        {
            var rune = Characters.RuneAt(text, i, out var length);
            var isCased = Casing.IsCased(rune);
            if (isCased && Characters.IsLower(rune) != afterCased) return false;
            isAny |= isCased;
            afterCased = isCased;
            i += length;
        }

        return isAny;
    }

    private static object Format(object owner, string name, CallArguments arguments)
    {
        var positional = arguments.Positional;
        object? map = null;
        if (name == "format_map")
        {
            if (positional.Count != 1 || arguments.Keywords.Count > 0)
                throw JinjaException.Type($"format_map() takes exactly one argument ({positional.Count} given)");
            (map, positional) = (positional[0], []);
        }

        var values = map as JinjaDictionary ?? Globals.DictionaryOf(arguments.Keywords);
        var formatter = new BraceFormat(
            positional, key => values.TryGet(key, out var value) ? value : throw new JinjaException("KeyError", $"'{key}'"));
        return Strings.Like(owner, formatter.Format(Representation.Str(owner)));
    }
}
