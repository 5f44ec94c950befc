using System.Globalization;
using System.Numerics;
using System.Text;
using Attune.Text.Templates.Jinja.Values;

namespace Attune.Text.Templates.Jinja.PythonText;

/// <summary>Digits of numbers, which both kinds of format strings print.</summary>
internal static class NumberFormat
{
    /// <summary>Digits of a magnitude and the prefix of its radix; null for an unknown type.</summary>
    public static (string Digits, string Prefix)? Integer(BigInteger magnitude, char type) => type switch
    {
        'd' or 'i' or 'u' => (magnitude.ToString(CultureInfo.InvariantCulture), ""),
        'x' => (Radix(magnitude, 4), "0x"),
        'X' => (Radix(magnitude, 4).ToUpperInvariant(), "0X"),
        'o' => (Radix(magnitude, 3), "0o"),
        'b' => (Radix(magnitude, 1), "0b"),
        _ => null,
    };

    public static string Character(BigInteger code) =>
        code.Sign < 0 || code > 0x10FFFF ? throw new JinjaException("OverflowError", "%c arg not in range(0x110000)")
        : code < 0x10000 ? ((char)(int)code).ToString()
        : char.ConvertFromUtf32((int)code);

    /// <summary>A magnitude as e, f, g, % or (\0) repr writes it; upper-case types write upper-case letters.</summary>
    public static string Float(double magnitude, char type, int? precision, bool keepsZeros)
    {
        var text = double.IsFinite(magnitude) ? Finite(magnitude, char.ToLowerInvariant(type), precision, keepsZeros)
            : NumberText.Repr(magnitude) + (type == '%' ? "%" : "");
        return char.IsAsciiLetterUpper(type) ? text.ToUpperInvariant() : text;
    }

    private static string Finite(double magnitude, char type, int? precision, bool keepsZeros)
    {
        switch (type)
        {
            case 'f': return ExactDecimal.Fixed(magnitude, precision ?? 6);
            case '%': return ExactDecimal.Fixed(magnitude * 100, precision ?? 6) + "%";
            case 'e':
                var (digits, exponent) = ExactDecimal.Scientific(magnitude, precision ?? 6);
                return Exponential(digits, exponent);
            case '\0' when precision is null: return NumberText.Repr(magnitude);
            default: return General(magnitude, Math.Max(1, precision ?? 6), keepsZeros, isPlain: type == '\0');
        }
    }

    // %g: `precision` significant digits, with an exponent where it is below -4 or not below the precision.
    private static string General(double magnitude, int precision, bool keepsZeros, bool isPlain)
    {
        var (digits, exponent) = ExactDecimal.Scientific(magnitude, precision - 1);
        var limit = isPlain ? precision - 1 : precision;
        if (exponent < -4 || exponent >= limit)
            return Exponential(keepsZeros ? digits : digits[0] + digits[1..].TrimEnd('0'), exponent);
        var text = exponent < 0
            ? "0." + new string('0', -exponent - 1) + digits
            : exponent + 1 >= digits.Length ? digits : digits[..(exponent + 1)] + "." + digits[(exponent + 1)..];
        if (!keepsZeros && text.Contains('.', StringComparison.Ordinal)) text = text.TrimEnd('0').TrimEnd('.');
        return isPlain && !text.Contains('.', StringComparison.Ordinal) ? text + ".0" : text;
    }

    private static string Exponential(string digits, int exponent)
    {
        var mantissa = digits.Length == 1 ? digits : $"{digits[0]}.{digits[1..]}";
        return string.Create(
            CultureInfo.InvariantCulture, $"{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
    }

    private static string Radix(BigInteger magnitude, int bits)
    {
        if (magnitude.IsZero) return "0";
        var digits = new StringBuilder();
        var mask = (1 << bits) - 1;
        for (var rest = magnitude; !rest.IsZero; rest >>= bits) digits.Insert(0, "0123456789abcdef"[(int)(rest & mask)]);
        return digits.ToString();
    }
}
