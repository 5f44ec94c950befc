using System.Globalization;
using System.Numerics;
using System.Text;
using Attune.Text.Templates.Jinja.PythonText;

namespace Attune.Text.Templates.Jinja.Values;

/// <summary>Python's str() and repr().</summary>
internal static class Representation
{
    /// <summary>As a value prints: strings as they are, the undefined as nothing.</summary>
    public static string Str(object? value) => value switch
    {
        string text => text,
        Markup markup => markup.Text,
        Undefined => "",
        _ => Repr(value),
    };

    public static string Repr(object? value)
    {
        var text = new StringBuilder();
        Append(text, value);
        return text.ToString();
    }

    private static void Append(StringBuilder text, object? value)
    {
        Budget.Descend();
        switch (value)
        {
            case null: text.Append("None"); break;
            case bool flag: text.Append(flag ? "True" : "False"); break;
            case long number: text.Append(CultureInfo.InvariantCulture, $"{number}"); break;
            case BigInteger number: text.Append(number.ToString(CultureInfo.InvariantCulture)); break;
            case double number: text.Append(NumberText.Repr(number)); break;
            case string s: Quote(text, s); break;
            case Markup markup: Quote(text.Append("Markup("), markup.Text).Append(')'); break;
            case JinjaList list: Items(text.Append('['), list.Items).Append(']'); break;
            case JinjaTuple { Count: 1 } tuple: Items(text.Append('('), tuple.Items).Append(",)"); break;
            case JinjaTuple tuple: Items(text.Append('('), tuple.Items).Append(')'); break;
            case JinjaDictionary dictionary: Entries(text, dictionary); break;
            case DictionaryView view: Items(text.Append(TypeNames.Of(view)).Append("(["), view.Items).Append("])"); break;
            case JinjaRange range: AppendRange(text, range); break;
            case Undefined: text.Append("Undefined"); break;
            case Bytes bytes: QuoteBytes(text, bytes.Value); break;
            case JinjaNamespace ns:
                var attributes = new JinjaDictionary();
                foreach (var (name, item) in ns.Attributes) attributes.Set(name, item);
                Entries(text.Append("<Namespace "), attributes);
                text.Append('>');
                break;
            case Callable callable: text.Append(callable.Text); break;
            default: text.Append('<').Append(TypeNames.Of(value)).Append(" object>"); break;
        }

        Limits.CheckText(text.Length);
    }

    private static StringBuilder Items(StringBuilder text, IEnumerable<object?> items)
    {
        var separator = "";
        foreach (var item in items)
        {
            Append(text.Append(separator), item);
            separator = ", ";
        }

        return text;
    }

    private static void Entries(StringBuilder text, JinjaDictionary dictionary)
    {
        var separator = "{";
        foreach (var (key, value) in dictionary.Entries)
        {
            Append(text.Append(separator), key);
            Append(text.Append(": "), value);
            separator = ", ";
        }

        text.Append(dictionary.Count == 0 ? "{}" : "}");
    }

    private static void AppendRange(StringBuilder text, JinjaRange range)
    {
        text.Append(CultureInfo.InvariantCulture, $"range({range.Start}, {range.Stop}");
        if (range.Step != 1) text.Append(CultureInfo.InvariantCulture, $", {range.Step}");
        text.Append(')');
    }

    private static StringBuilder Quote(StringBuilder text, string value)
    {
        Budget.ChargeText(value.Length);
        var quote = value.Contains('\'') && !value.Contains('"') ? '"' : '\'';
        text.Append(quote);
        for (var i = 0; i < value.Length;)
        {
            var rune = Characters.RuneAt(value, i, out var length);
            if (rune == quote || rune == '\\') text.Append('\\').Append((char)rune);
            else if (Characters.IsPrintable(rune)) text.Append(value, i, length);
            else text.Append(Escape(rune));
            i += length;
        }

        return text.Append(quote);
    }

    private static string Escape(int rune) => rune switch
    {
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        < 0x100 => string.Create(CultureInfo.InvariantCulture, $"\\x{rune:x2}"),
        < 0x10000 => string.Create(CultureInfo.InvariantCulture, $"\\u{rune:x4}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"\\U{rune:x8}"),
    };

    private static void QuoteBytes(StringBuilder text, byte[] bytes)
    {
        var quote = bytes.Contains((byte)'\'') && !bytes.Contains((byte)'"') ? '"' : '\'';
        text.Append('b').Append(quote);
        foreach (var b in bytes)
        {
            if (b == quote || b == '\\') text.Append('\\').Append((char)b);
            else if (b is >= 0x20 and < 0x7F) text.Append((char)b);
            else text.Append(Escape(b));
        }

        text.Append(quote);
    }
}
