using System.Globalization;
using System.Numerics;
using System.Text;
using Attune.Text.Templates.Jinja.PythonText;
using Attune.Text.Templates.Jinja.Values;

namespace Attune.Text.Templates.Jinja.Library;

/// <summary>Python's json.dumps, which the <c>tojson</c> of chat templates is; nothing is escaped for HTML.</summary>
internal sealed class ToJson
{
    private readonly StringBuilder _text = new();
    private readonly bool _ensureAscii;
    private readonly bool _sortKeys;
    private readonly string? _indent;
    private readonly string _itemSeparator;
    private readonly string _keySeparator;

    private ToJson(bool ensureAscii, string? indent, string itemSeparator, string keySeparator, bool sortKeys)
    {
        _ensureAscii = ensureAscii;
        _indent = indent;
        _itemSeparator = itemSeparator;
        _keySeparator = keySeparator;
        _sortKeys = sortKeys;
    }

    /// <summary>Writes a value as JSON.</summary>
    /// <param name="value">What is written.</param>
    /// <param name="ensureAscii">Whether characters beyond ASCII become <c>\uXXXX</c>.</param>
    /// <param name="indent">None for one line, else the indentation of a level or its number of spaces.</param>
    /// <param name="separators">None, or the separators of items and of keys and values.</param>
    /// <param name="sortKeys">Whether keys are sorted.</param>
    /// <exception cref="JinjaException">TypeError: a value or key that JSON does not have.</exception>
    public static string Write(object? value, bool ensureAscii, object? indent, object? separators, bool sortKeys)
    {
        var step = indent is null ? null
            : Strings.Is(indent, out var given) ? given
            : Alignment.Fill(" ", Integers.ToIndex(indent));
        var (item, key) = (indent is null ? ", " : ",", ": ");
        if (separators is not null)
        {
            var pair = Iteration.ToList(separators);
            if (pair.Count != 2 || !Strings.Is(pair[0], out item!) || !Strings.Is(pair[1], out key!))
                throw JinjaException.Value("separators must be a pair of strings");
        }

        var writer = new ToJson(ensureAscii, step, item, key, sortKeys);
        writer.Write(value, 0);
        return writer._text.ToString();
    }

    private void Write(object? value, int level)
    {
        Budget.Descend();
        switch (value)
        {
            case null: _text.Append("null"); break;
            case bool flag: _text.Append(flag ? "true" : "false"); break;
            case long or BigInteger: _text.Append(Representation.Repr(value)); break;
            case double number: _text.Append(Float(number)); break;
            case string or Markup: WriteString(Representation.Str(value)); break;
            case JinjaList or JinjaTuple: WriteItems((IIndexed)value, level); break;
            case JinjaDictionary dictionary: WriteEntries(dictionary, level); break;
            default: throw JinjaException.Type($"Object of type {TypeNames.Of(value)} is not JSON serializable");
        }

        Limits.CheckText(_text.Length);
    }

    private void WriteItems(IIndexed items, int level)
    {
        _text.Append('[');
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0) _text.Append(_itemSeparator);
            BreakLine(level + 1);
            Write(items[i], level + 1);
        }

        if (items.Count > 0) BreakLine(level);
        _text.Append(']');
    }

    private void WriteEntries(JinjaDictionary dictionary, int level)
    {
        _text.Append('{');
        var entries = _sortKeys
            ? StableSort.Sort(dictionary.Entries.ToList(), (a, b) => Comparison.Order(a.Key, b.Key) < 0)
            : dictionary.Entries;
        var isFirst = true;
        foreach (var (key, value) in entries)
        {
            if (!isFirst) _text.Append(_itemSeparator);
            isFirst = false;
            BreakLine(level + 1);
            WriteString(Key(key));
            _text.Append(_keySeparator);
            Write(value, level + 1);
        }

        if (dictionary.Count > 0) BreakLine(level);
        _text.Append('}');
    }

    private void BreakLine(int level)
    {
        if (_indent is null) return;
        Budget.ChargeText((long)_indent.Length * level);
        _text.Append('\n').Insert(_text.Length, _indent, level);
    }

    private static string Key(object? key) => key switch
    {
        string or Markup => Representation.Str(key),
        null => "null",
        bool flag => flag ? "true" : "false",
        long or BigInteger => Representation.Repr(key),
        double number => Float(number),
        _ => throw JinjaException.Type($"keys must be str, int, float, bool or None, not {TypeNames.Of(key)}"),
    };

    private static string Float(double number) => double.IsNaN(number) ? "NaN"
        : double.IsInfinity(number) ? number > 0 ? "Infinity" : "-Infinity"
        : NumberText.Repr(number);

    private void WriteString(string value)
    {
        Budget.ChargeText(value.Length);
        _text.Append('"');
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => _text.Append("\\\""),
                '\\' => _text.Append("\\\\"),
                '\n' => _text.Append("\\n"),
                '\r' => _text.Append("\\r"),
                '\t' => _text.Append("\\t"),
                '\b' => _text.Append("\\b"),
                '\f' => _text.Append("\\f"),
                < ' ' => _text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                > '~' when _ensureAscii => _text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => _text.Append(c),
            };
        }

        _text.Append('"');
    }
}

