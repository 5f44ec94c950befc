using System.Globalization;
using System.Numerics;

namespace Attune.Text.Templates.Jinja.Values;

/// <summary>
/// Doubles in decimal, rounded half to even on their exact value, as C's printf and Python do. Not for infinities and NaN.
/// </summary>
internal static class ExactDecimal
{
    /// <summary>With this many digits after the point: <c>2.5 → 2</c>, <c>0.125 → 0.12</c>.</summary>
    public static string Fixed(double value, int digits)
    {
        var text = Scaled(Math.Abs(value), digits).ToString(CultureInfo.InvariantCulture).PadLeft(digits + 1, '0');
        var sign = double.IsNegative(value) ? "-" : "";
        return digits == 0 ? sign + text : $"{sign}{text[..^digits]}.{text[^digits..]}";
    }

    /// <summary>
    /// The digits of the mantissa, the first of which is not zero (save for zero itself), and the power of ten of the
    /// first: 1234.5 with 2 digits after the first is ("123", 3). The sign is left out.
    /// </summary>
    public static (string Digits, int Exponent) Scientific(double value, int digits)
    {
        var magnitude = Math.Abs(value);
        if (magnitude == 0) return (new string('0', digits + 1), 0);
        var exponent = (int)Math.Floor(Math.Log10(magnitude)); // may be off by one, or be carried over by rounding
        while (true)
        {
            var text = Scaled(magnitude, digits - exponent).ToString(CultureInfo.InvariantCulture);
            if (text.Length == digits + 1) return (text, exponent);
            exponent += text.Length > digits + 1 ? 1 : -1;
        }
    }

    /// <summary>Python's round(value, digits); digits below zero round to tens and hundreds.</summary>
    public static double Round(double value, int digits)
    {
        if (!double.IsFinite(value) || digits > 330) return value;
        if (digits < -330) return Math.CopySign(0, value);
        var scaled = Scaled(Math.Abs(value), digits);
        var text = string.Create(CultureInfo.InvariantCulture, $"{scaled}E{-digits}");
        var rounded = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (double.IsInfinity(rounded)) throw new JinjaException("OverflowError", "rounded value too large to represent");
        return Math.CopySign(rounded, value);
    }

    /// <summary>a / b rounded to the nearest integer, half to even; b is positive.</summary>
    public static BigInteger DivideHalfEven(BigInteger a, BigInteger b)
    {
        var quotient = BigInteger.DivRem(a, b, out var remainder);
        var twice = BigInteger.Abs(remainder) * 2;
        if (twice > b || (twice == b && !quotient.IsEven)) quotient += a.Sign;
        return quotient;
    }

    // value × 10^digits, rounded; value is mantissa × 2^exponent exactly.
    private static BigInteger Scaled(double value, int digits)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)((bits >> 52) & 0x7FF);
        BigInteger mantissa = bits & 0xFFFFFFFFFFFFF;
        if (exponent == 0) exponent = 1;
        else mantissa |= 1L << 52;
        exponent -= 1075;
        var numerator = mantissa;
        var denominator = BigInteger.One;
        if (digits >= 0) numerator *= BigInteger.Pow(10, digits);
        else denominator *= BigInteger.Pow(10, -digits);
        if (exponent >= 0) numerator <<= exponent;
        else denominator <<= -exponent;
        return DivideHalfEven(numerator, denominator);
    }
}
