using System.Globalization;
using System.Numerics;
using System.Text;
using Attune.Text.Templates.Jinja.PythonText;

namespace Attune.Text.Templates.Jinja.Values;

/// <summary>Numbers to text and back, as Python's repr, int() and float() do.</summary>
internal static class NumberText
{
    /// <summary>The shortest digits that give the same double again: <c>1.0</c>, <c>1e+16</c>, <c>1e-05</c>, <c>inf</c>.</summary>
    public static string Repr(double value)
    {
        if (double.IsNaN(value)) return "nan";
        if (double.IsInfinity(value)) return value > 0 ? "inf" : "-inf";
        var (isNegative, digits, exponent) = Shortest(value);
        var sign = isNegative ? "-" : "";
        // As in Python: positional from 1e-4 up to below 1e16.
        if (exponent is < -4 or >= 16) return sign + Scientific(digits, exponent);
        return sign + (exponent < 0
            ? "0." + new string('0', -exponent - 1) + digits
            : Positional(digits, exponent));
    }

    /// <summary>Sign, significant digits without trailing zeros, and the power of ten of the first digit.</summary>
    public static (bool IsNegative, string Digits, int Exponent) Shortest(double value)
    {
        var shortest = value.ToString("R", CultureInfo.InvariantCulture);
        var digits = new StringBuilder();
        var point = -1;
        var exponent = 0;
        for (var i = 0; i < shortest.Length; i++)
        {
            var c = shortest[i];
            if (c == 'E')
            {
                exponent = int.Parse(shortest.AsSpan(i + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
                break;
            }

            if (c == '.') point = digits.Length;
            else if (c != '-') digits.Append(c);
        }

        if (point < 0) point = digits.Length;
        var all = digits.ToString();
        var leading = all.Length - all.TrimStart('0').Length;
        var significant = all.Trim('0');
        return significant.Length == 0
            ? (double.IsNegative(value), "0", 0)
            : (double.IsNegative(value), significant, exponent + point - leading - 1);
    }

    /// <summary>An integer literal of a template: decimal, 0x, 0o, 0b, with underscores.</summary>
    public static object ParseLiteral(string text)
    {
        var digits = text.Replace("_", "");
        var radix = digits.Length > 2 ? char.ToLowerInvariant(digits[1]) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 10 } : 10;
        return ParseDigits(radix == 10 ? digits : digits[2..], radix) ?? throw JinjaException.Value($"no integer: {text}");
    }

    /// <summary>Python's int(text, base), or null where the text is no integer.</summary>
    public static object? ParseInteger(string text, int radix)
    {
        var trimmed = Characters.Trim(text);
        var sign = trimmed.StartsWith('-') ? -1 : 1;
        if (trimmed.StartsWith('-') || trimmed.StartsWith('+')) trimmed = trimmed[1..];
        var prefix = trimmed.Length > 2 && trimmed[0] == '0'
            ? char.ToLowerInvariant(trimmed[1]) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 0 }
            : 0;
        if (prefix > 0 && (radix == 0 || radix == prefix)) (trimmed, radix) = (trimmed[2..].TrimStart('_'), prefix);
        if (radix == 0) radix = 10;
        if (trimmed.Length == 0 || trimmed[0] == '_' || trimmed[^1] == '_' || trimmed.Contains("__", StringComparison.Ordinal))
            return null;
        var value = ParseDigits(trimmed.Replace("_", ""), radix);
        return value is null ? null : Integers.Normalize(Integers.ToBig(value) * sign);
    }

    /// <summary>Python's float(text), or null where the text is no number.</summary>
    public static double? ParseFloat(string text)
    {
        var trimmed = Characters.Trim(text);
        var plain = trimmed.TrimStart('+', '-').ToLowerInvariant();
        if (plain.Length < trimmed.Length - 1) return null;
        var sign = trimmed.StartsWith('-') ? -1.0 : 1.0;
        if (plain is "inf" or "infinity") return sign * double.PositiveInfinity;
        if (plain == "nan") return double.NaN;
        if (plain.Contains("__", StringComparison.Ordinal) || plain.StartsWith('_') || plain.EndsWith('_')) return null;
        const NumberStyles Style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (plain.Length == 0 || !double.TryParse(plain.Replace("_", ""), Style, CultureInfo.InvariantCulture, out var value))
            return null;
        return sign * value;
    }

    private static object? ParseDigits(string digits, int radix)
    {
        if (digits.Length == 0) return null;
        if (digits.Length > Limits.IntegerBits) throw JinjaException.Value("an integer of too many digits");
        Budget.Charge(1 + ((long)digits.Length * digits.Length / 256));
        var value = BigInteger.Zero;
        foreach (var c in digits)
        {
            var digit = char.IsAsciiDigit(c) ? c - '0'
                : char.IsAsciiLetter(c) ? (c | 0x20) - 'a' + 10
                : char.IsDigit(c) ? (int)char.GetNumericValue(c) : radix;
            if (digit >= radix) return null;
            value = (value * radix) + digit;
        }

        return Integers.Normalize(value);
    }

    private static string Scientific(string digits, int exponent)
    {
        var mantissa = digits.Length == 1 ? digits : $"{digits[0]}.{digits[1..]}";
        return string.Create(
            CultureInfo.InvariantCulture, $"{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
    }

    private static string Positional(string digits, int exponent) => digits.Length <= exponent + 1
        ? digits.PadRight(exponent + 1, '0') + ".0"
        : $"{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
}
