using System.Globalization;
using System.Numerics;
using System.Text;
using Attune.Text.Templates.Jinja.Values;

namespace Attune.Text.Templates.Jinja.PythonText;

/// <summary>Python's <c>format % values</c>.</summary>
internal sealed class PercentFormat
{
    private readonly string _format;
    private readonly JinjaDictionary? _named;
    private readonly IReadOnlyList<object?> _values;
    private readonly StringBuilder _text = new();
    private int _at;
    private int _used;

    private PercentFormat(string format, object? values)
    {
        _format = format;
        _named = values as JinjaDictionary;
        _values = values is JinjaTuple tuple ? tuple.Items : [values];
    }

    public static string Format(string format, object? values)
    {
        var formatter = new PercentFormat(format, values);
        formatter.Run();
        return formatter._text.ToString();
    }

    private void Run()
    {
        while (_at < _format.Length)
        {
            var percent = _format.IndexOf('%', _at);
            if (percent < 0) percent = _format.Length;
            _text.Append(_format, _at, percent - _at);
            _at = percent + 1;
            if (percent < _format.Length) Field();
            Limits.CheckText(_text.Length);
        }

        if (_named is null && _used < _values.Count)
            throw JinjaException.Type("not all arguments converted during string formatting");
    }

    private void Field()
    {
        object? value = null;
        var isNamed = Peek() == '(';
        if (isNamed) value = Named();
        var flags = "";
        while (Peek() is '-' or '+' or ' ' or '#' or '0') flags += Take();
        var width = Size() ?? 0;
        if (width < 0) (flags, width) = (flags + "-", -width);
        int? precision = null;
        if (Peek() == '.')
        {
            _at++;
            precision = Math.Max(0, Size() ?? 0);
            if (precision > Limits.Precision) throw JinjaException.Value($"a precision of more than {Limits.Precision}");
        }

        while (Peek() is 'h' or 'l' or 'L') _at++;
        var type = Take();
        if (type == '%')
        {
            _text.Append('%');
            return;
        }

        if (!isNamed) value = NextValue();
        var (sign, body) = Convert(type, value, flags, precision);
        _text.Append(Place(sign, body, flags, width, isNumber: type is not ('s' or 'r' or 'a' or 'c')));
    }

    private char Peek() => _at < _format.Length ? _format[_at] : '\0';

    private char Take() => _at < _format.Length ? _format[_at++] : throw JinjaException.Value("incomplete format");

    private object? NextValue() => _used < _values.Count
        ? _values[_used++]
        : throw JinjaException.Type("not enough arguments for format string");

    private object? Named()
    {
        var depth = 0;
        var start = _at + 1;
        do
        {
            var c = _at < _format.Length ? _format[_at++] : throw JinjaException.Value("incomplete format key");
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        }
        while (depth > 0);
        if (_named is null) throw JinjaException.Type("format requires a mapping");
        var key = _format[start..(_at - 1)];
        return _named.TryGet(key, out var value) ? value : throw new JinjaException("KeyError", $"'{key}'");
    }

    private int? Size()
    {
        if (Peek() == '*')
        {
            _at++;
            return NextValue() is long number
                ? (int)Math.Clamp(number, -Limits.TextLength - 1, Limits.TextLength + 1)
                : throw JinjaException.Type("* wants int");
        }

        var start = _at;
        while (char.IsAsciiDigit(Peek())) _at++;
        if (start == _at) return null;
        return int.TryParse(_format.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            ? size
            : throw JinjaException.Value("width too big");
    }

    private static (string Sign, string Body) Convert(char type, object? value, string flags, int? precision)
    {
        switch (type)
        {
            case 's': return ("", Cut(Representation.Str(value), precision));
            case 'r' or 'a': return ("", Cut(Representation.Repr(value), precision));
            case 'c': return ("", Character(value));
            case 'd' or 'i' or 'u' or 'x' or 'X' or 'o':
                var number = Whole(type, value);
                var (digits, prefix) = NumberFormat.Integer(BigInteger.Abs(number), type)!.Value;
                digits = digits.PadLeft(precision ?? 0, '0');
                return (SignOf(number.Sign < 0, flags) + (flags.Contains('#', StringComparison.Ordinal) ? prefix : ""), digits);
            case 'e' or 'E' or 'f' or 'F' or 'g' or 'G':
                Undefined.Reject(value);
                if (!Integers.IsNumber(value)) throw JinjaException.Type($"must be real number, not {TypeNames.Of(value)}");
                var real = Integers.ToFloat(value!);
                return (SignOf(double.IsNegative(real), flags),
                    NumberFormat.Float(Math.Abs(real), type, precision ?? 6, flags.Contains('#', StringComparison.Ordinal)));
            default: throw JinjaException.Value($"unsupported format character '{type}'");
        }
    }

    private static string Cut(string text, int? precision) =>
        precision is { } most ? text[..Strings.IndexOfCodePoint(text, most)] : text;

    private static string Character(object? value)
    {
        if (Strings.Is(value, out var text) && Strings.Length(text) == 1) return text;
        return Integers.IsInteger(value)
            ? NumberFormat.Character(Integers.ToBig(value!))
            : throw JinjaException.Type("%c requires int or char");
    }

    // %d cuts the fraction of a float; %x and %o want an integer.
    private static BigInteger Whole(char type, object? value)
    {
        Undefined.Reject(value);
        if (Integers.IsInteger(value)) return Integers.ToBig(value!);
        if (value is double number && type is 'd' or 'i' or 'u')
        {
            return double.IsFinite((double)value!)
                ? new BigInteger(Math.Truncate((double)value))
                : throw new JinjaException("OverflowError", "cannot convert float infinity or NaN to integer");
        }

        throw JinjaException.Type($"%{type} format: a real number is required, not {TypeNames.Of(value)}");
    }

    private static string SignOf(bool isNegative, string flags) => isNegative ? "-"
        : flags.Contains('+', StringComparison.Ordinal) ? "+"
        : flags.Contains(' ', StringComparison.Ordinal) ? " " : "";

    private static string Place(string sign, string body, string flags, int width, bool isNumber)
    {
        if (flags.Contains('-', StringComparison.Ordinal)) return Alignment.Left(sign + body, width, " ");
        return isNumber && flags.Contains('0', StringComparison.Ordinal)
            ? sign + Alignment.Right(body, width - sign.Length, "0")
            : Alignment.Right(sign + body, width, " ");
    }
}

