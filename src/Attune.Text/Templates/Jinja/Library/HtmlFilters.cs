using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Attune.Text.Templates.Jinja.Evaluation;
using Attune.Text.Templates.Jinja.PythonText;
using Attune.Text.Templates.Jinja.Values;

namespace Attune.Text.Templates.Jinja.Library;

/// <summary>Filters about HTML and URLs.</summary>
internal static partial class HtmlFilters
{
    public static readonly KeyValuePair<string, Func<Evaluator, object?, CallArguments, object?>>[] All =
    [
        Filters.Define("escape", 0, [], call => Markup.Escape(call.Value)),
        Filters.Define("e", 0, [], call => Markup.Escape(call.Value)),
        Filters.Define("forceescape", 0, [], call => Markup.Escape(call.Text)),
        Filters.Define("safe", 0, [], call => new Markup(call.Text)),
        Filters.Define("striptags", 0, [], call => StripTags(call.Text)),
        Filters.Define("xmlattr", 0, ["autospace"], XmlAttributes),
        Filters.Define("urlencode", 0, [], UrlEncode),
        Filters.Define("urlize", 0, ["trim_url_limit", "nofollow", "target", "rel"], Urlize),
    ];

    [GeneratedRegex("<!--.*?-->|<.*?>", RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex Tag();

    private static string StripTags(string text)
    {
        var words = Splitting.Split(Tag().Replace(text, ""), null, -1);
        return System.Net.WebUtility.HtmlDecode(string.Join(' ', words));
    }

    private static object XmlAttributes(FilterCall call)
    {
        Undefined.Reject(call.Value);
        if (call.Value is not JinjaDictionary attributes)
            throw new JinjaException("AttributeError", $"'{TypeNames.Of(call.Value)}' object has no attribute 'items'");
        var text = new StringBuilder();
        foreach (var (key, value) in attributes.Entries)
        {
            if (value is null or Undefined) continue;
            var name = Representation.Str(key);
            if (name.Any(c => c is ' ' or '\t' or '\n' or '\f' or '\r' or '/' or '>' or '='))
                throw JinjaException.Value($"Invalid character in attribute name: {Representation.Repr(name)}");
            if (text.Length > 0) text.Append(' ');
            text.Append(Markup.Escape(key).Text).Append("=\"").Append(Markup.Escape(value).Text).Append('"');
        }

        if (text.Length > 0 && call.Arguments.Flag(0, true)) text.Insert(0, ' ');
        return call.Runtime.Autoescape ? new Markup(text.ToString()) : text.ToString();
    }

    private static object UrlEncode(FilterCall call)
    {
        if (Strings.Is(call.Value) || !Iteration.TryItems(call.Value, out var items)) return Quote(call.Text, "/");
        if (call.Value is JinjaDictionary dictionary)
            items = dictionary.Entries.Select(entry => new JinjaTuple([entry.Key, entry.Value]));
        return Joining.Join("&", items.Select(pair => Iteration.ToList(pair) is [var key, var value]
            ? $"{QuotePlus(key)}={QuotePlus(value)}"
            : throw JinjaException.Value("expected pairs of key and value")));
    }

    private static string QuotePlus(object? value) => Quote(Representation.Str(value), "").Replace("%20", "+");

    private static string Quote(string text, string safe)
    {
        var quoted = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            var c = (char)b;
            if (char.IsAsciiLetterOrDigit(c) || "_.-~".Contains(c, StringComparison.Ordinal) || safe.Contains(c, StringComparison.Ordinal))
                quoted.Append(c);
            else
                quoted.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }

        return quoted.ToString();
    }

    // Links for http(s) and www addresses; punctuation around them stays outside.
    private static object Urlize(FilterCall call)
    {
        var limit = call.Arguments.OptionalIndex(0);
        var rel = string.Join(' ', new[] { call.Arguments.Flag(1) ? "nofollow" : "", call.Arguments.OptionalText(3) ?? "", "noopener" }
            .Where(word => word.Length > 0).Distinct().Order(StringComparer.Ordinal));
        var target = call.Arguments.OptionalText(2) is { } name ? $" target=\"{Markup.Escape(name).Text}\"" : "";
        var html = new StringBuilder();
        var text = Markup.Escape(call.Value).Text;
        for (var start = 0; start < text.Length;)
        {
            var end = start;
            var isSpace = Characters.IsSpace(text[start]);
            while (end < text.Length && Characters.IsSpace(text[end]) == isSpace) end++;
            html.Append(Link(text[start..end], limit, rel, target));
            start = end;
        }

        return call.Runtime.Autoescape ? new Markup(html.ToString()) : html.ToString();
    }

    private static string Link(string word, int? limit, string rel, string target)
    {
        var middle = word.TrimStart('(').TrimEnd(')', '.', ',');
        var hasScheme = middle.StartsWith("http://", StringComparison.Ordinal) || middle.StartsWith("https://", StringComparison.Ordinal);
        if (!hasScheme && !middle.StartsWith("www.", StringComparison.Ordinal)) return word;
        if (middle.AsSpan(hasScheme ? middle.IndexOf("//", StringComparison.Ordinal) + 2 : 4).IndexOf('.') <= 0) return word;
        var at = word.IndexOf(middle, StringComparison.Ordinal);
        var shown = limit is { } most && middle.Length > most ? middle[..Math.Max(0, most)] + "..." : middle;
        var address = hasScheme ? middle : "https://" + middle;
        return $"{word[..at]}<a href=\"{address}\" rel=\"{rel}\"{target}>{shown}</a>{word[(at + middle.Length)..]}";
    }
}
