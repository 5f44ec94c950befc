using System.Globalization;
using System.Numerics;
using System.Text;
using Attune.Text.Templates.Jinja.Values;

namespace Attune.Text.Templates.Jinja.PythonText;

/// <summary>
/// Python's format specification: <c>[[fill]align][sign][#][0][width][,|_][.precision][type]</c>.
/// </summary>
internal sealed record FormatSpecification
{
    public string Fill { get; init; } = " ";

    public char Align { get; init; }

    /// <summary>Zeros before the width: between sign and digits of a number, behind a text.</summary>
    public bool IsZeroFilled { get; init; }

    /// <summary>Which sign numbers get that are not negative; \0 for none.</summary>
    public char Sign { get; init; }

    public bool IsAlternate { get; init; }

    public int Width { get; init; }

    public char Grouping { get; init; }

    public int? Precision { get; init; }

    public char Type { get; init; }

    public static string Format(object? value, string specification)
    {
        if (value is Undefined or null || !(Strings.Is(value) || Integers.IsNumber(value)))
        {
            if (specification.Length == 0) return Representation.Str(value);
            throw JinjaException.Type($"unsupported format string passed to {TypeNames.Of(value)}.__format__");
        }

        if (specification.Length == 0) return Representation.Str(value);
        var parsed = Parse(specification);
        if (Strings.Is(value, out var text)) return parsed.FormatText(text);
        return value is double || parsed.Type is 'e' or 'E' or 'f' or 'F' or 'g' or 'G' or '%'
            ? parsed.FormatFloat(Integers.ToFloat(value))
            : parsed.FormatInteger(value);
    }

    private static FormatSpecification Parse(string text)
    {
        var at = 0;
        var fill = " ";
        var align = '\0';
        Characters.RuneAt(text, 0, out var first);
        var hasFill = first < text.Length && IsAlign(text[first]);
        if (hasFill) (fill, align, at) = (text[..first], text[first], first + 1);
        else if (IsAlign(text[0])) (align, at) = (text[0], 1);
        var sign = at < text.Length && text[at] is '+' or '-' or ' ' ? text[at++] : '\0';
        var isAlternate = Take(text, ref at, '#');
        var isZero = Take(text, ref at, '0');
        var width = Number(text, ref at) ?? 0;
        var grouping = at < text.Length && text[at] is ',' or '_' ? text[at++] : '\0';
        int? precision = null;
        if (Take(text, ref at, '.')) precision = Number(text, ref at) ?? throw JinjaException.Value("Format specifier missing precision");
        var type = at < text.Length ? text[at++] : '\0';
        if (at < text.Length) throw JinjaException.Value("Invalid format specifier");
        if (precision > Limits.Precision) throw JinjaException.Value($"a precision of more than {Limits.Precision}");
        return new FormatSpecification
        {
            Fill = isZero && !hasFill ? "0" : fill, Align = align, IsZeroFilled = isZero, Sign = sign,
            IsAlternate = isAlternate, Width = width, Grouping = grouping, Precision = precision, Type = type,
        };
    }

    private static bool IsAlign(char c) => c is '<' or '>' or '=' or '^';

    private static bool Take(string text, ref int at, char c)
    {
        if (at >= text.Length || text[at] != c) return false;
        at++;
        return true;
    }

    private static int? Number(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        if (start == at) return null;
        return int.TryParse(text.AsSpan(start, at - start), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw JinjaException.Value("Too many decimal digits in format string");
    }

    private string FormatText(string text)
    {
        if (Type is not ('\0' or 's')) throw Unknown("str");
        if (Align == '=') throw JinjaException.Value("'=' alignment not allowed in string format specifier");
        if (Sign != '\0') throw JinjaException.Value("Sign not allowed in string format specifier");
        if (IsAlternate) throw JinjaException.Value("Alternate form (#) not allowed in string format specifier");
        if (Grouping != '\0') throw JinjaException.Value($"Cannot specify '{Grouping}' with 's'.");
        if (Precision is { } most) text = text[..Strings.IndexOfCodePoint(text, most)];
        return Place("", text, '<');
    }

    private string FormatInteger(object value)
    {
        var number = Integers.ToBig(value);
        if (Precision is not null) throw JinjaException.Value("Precision not allowed in integer format specifier");
        if (Type == 'c') return Place("", NumberFormat.Character(number), '<');
        var (digits, prefix) = NumberFormat.Integer(BigInteger.Abs(number), Type is '\0' or 'n' ? 'd' : Type)
            ?? throw Unknown("int");
        return Place(SignOf(number.Sign < 0) + (IsAlternate ? prefix : ""), Group(digits, Type is 'x' or 'X' or 'b' or 'o' ? 4 : 3), '>');
    }

    private string FormatFloat(double value)
    {
        if (Type is not ('\0' or 'n' or 'e' or 'E' or 'f' or 'F' or 'g' or 'G' or '%')) throw Unknown("float");
        var text = NumberFormat.Float(Math.Abs(value), Type, Precision, IsAlternate);
        return Place(SignOf(double.IsNegative(value)), Group(text, 3), '>');
    }

    private string SignOf(bool isNegative) => isNegative ? "-" : Sign is '-' or '\0' ? "" : Sign.ToString();

    // Digits before the point in groups.
    private string Group(string text, int size)
    {
        if (Grouping == '\0') return text;
        var whole = 0;
        while (whole < text.Length && char.IsAsciiHexDigit(text[whole])) whole++;
        var grouped = new StringBuilder(text);
        for (var at = whole - size; at > 0; at -= size) grouped.Insert(at, Grouping);
        return grouped.ToString();
    }

    private string Place(string sign, string body, char usual)
    {
        var text = sign + body;
        return (Align != '\0' ? Align : IsZeroFilled && usual == '>' ? '=' : usual) switch
        {
            '<' => Alignment.Left(text, Width, Fill),
            '^' => CenterOf(text),
            '=' => sign + Alignment.Right(body, Width - sign.Length, Fill),
            _ => Alignment.Right(text, Width, Fill),
        };
    }

    // Unlike str.center, of an odd rest the right side always gets one more.
    private string CenterOf(string text)
    {
        var missing = Width - Strings.Length(text);
        return Alignment.Fill(Fill, missing / 2) + text + Alignment.Fill(Fill, missing - (missing / 2));
    }

    private JinjaException Unknown(string type) =>
        JinjaException.Value($"Unknown format code '{Type}' for object of type '{type}'");
}
