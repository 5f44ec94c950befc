using System.Globalization;
using System.Text;
using Attune.Text.Templates.Jinja.Evaluation;
using Attune.Text.Templates.Jinja.Values;

namespace Attune.Text.Templates.Jinja.PythonText;

/// <summary>Python's str.format. Fields reach attributes by the rules of the template, so the sandbox holds.</summary>
internal sealed class BraceFormat(IReadOnlyList<object?> positional, Func<string, object?> named)
{
    private int _automatic;
    private bool _isManual;

    /// <summary>Puts the values into the fields.</summary>
    /// <param name="format">Text with <c>{field!conversion:specification}</c>.</param>
    public string Format(string format) => Format(format, depth: 2);

    private string Format(string format, int depth)
    {
        if (depth < 0) throw JinjaException.Value("Max string recursion exceeded");
        var text = new StringBuilder();
        for (var at = 0; at < format.Length;)
        {
            var c = format[at];
            var isDoubled = at + 1 < format.Length && format[at + 1] == c;
            if (c is not ('{' or '}'))
            {
                text.Append(c);
                at++;
            }
            else if (isDoubled)
            {
                text.Append(c);
                at += 2;
            }
            else if (c == '}')
            {
                throw JinjaException.Value("Single '}' encountered in format string");
            }
            else
            {
                var end = FieldEnd(format, at);
                text.Append(Field(format[(at + 1)..end], depth));
                at = end + 1;
            }

            Limits.CheckText(text.Length);
        }

        return text.ToString();
    }

    private static int FieldEnd(string format, int start)
    {
        var open = 0;
        for (var at = start; at < format.Length; at++)
        {
            if (format[at] == '{') open++;
            else if (format[at] == '}' && --open == 0) return at;
        }

        throw JinjaException.Value(start + 1 == format.Length
            ? "Single '{' encountered in format string"
            : "expected '}' before end of string");
    }

    private string Field(string field, int depth)
    {
        var bracket = 0;
        var nameEnd = 0;
        for (; nameEnd < field.Length && (bracket > 0 || field[nameEnd] is not ('!' or ':')); nameEnd++)
            bracket += field[nameEnd] == '[' ? 1 : field[nameEnd] == ']' ? -1 : 0;
        var rest = field[nameEnd..];
        var value = Lookup(field[..nameEnd]);
        if (rest.StartsWith('!'))
        {
            value = rest.Length > 1 && (rest.Length == 2 || rest[2] == ':')
                ? Convert(value, rest[1])
                : throw JinjaException.Value("expected ':' after conversion specifier");
            rest = rest[2..];
        }

        var specification = rest.Length > 1 ? rest[1..] : "";
        if (specification.Contains('{', StringComparison.Ordinal)) specification = Format(specification, depth - 1);
        return FormatSpecification.Format(value, specification);
    }

    private static string Convert(object? value, char conversion) => conversion switch
    {
        's' => Representation.Str(value),
        'r' or 'a' => Representation.Repr(value),
        _ => throw JinjaException.Value($"Unknown conversion specifier {conversion}"),
    };

    // name, 0, 0.attribute, name[key][0], or nothing for the next in order
    private object? Lookup(string field)
    {
        var end = field.AsSpan().IndexOfAny('.', '[');
        var value = First(end < 0 ? field : field[..end]);
        for (var at = end < 0 ? field.Length : end; at < field.Length;)
        {
            Budget.Charge();
            var isAttribute = field[at] == '.';
            var next = isAttribute ? field.AsSpan(at + 1).IndexOfAny('.', '[') : field.AsSpan(at).IndexOf(']');
            var stop = next < 0 ? field.Length : isAttribute ? at + 1 + next : at + next;
            if (!isAttribute && (field[at] != '[' || next < 0)) throw JinjaException.Value("Missing ']' in format string");
            var key = field[(at + 1)..stop];
            if (key.Length == 0) throw JinjaException.Value("Empty attribute in format string");
            value = isAttribute ? Members.GetAttribute(value, key) : Members.GetItem(value, Key(key));
            at = isAttribute ? stop : stop + 1;
        }

        return value;
    }

    private object? First(string name)
    {
        if (name.Length == 0)
        {
            if (_isManual) throw JinjaException.Value("cannot switch from manual field specification to automatic field numbering");
            return Position(_automatic++);
        }

        if (!name.All(char.IsAsciiDigit)) return named(name);
        if (_automatic > 0)
            throw JinjaException.Value("cannot switch from automatic field numbering to manual field specification");
        _isManual = true;
        return Position(int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : int.MaxValue);
    }

    private object? Position(int index) => index < positional.Count
        ? positional[index]
        : throw new JinjaException("IndexError", "Replacement index out of range for positional args tuple");

    private static object Key(string key) =>
        long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : key;
}

