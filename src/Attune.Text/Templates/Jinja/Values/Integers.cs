using System.Numerics;

namespace Attune.Text.Templates.Jinja.Values;

/// <summary>
/// Numbers as Python has them: integers are <see cref="long"/> where they fit and <see cref="BigInteger"/> where they do
/// not, booleans are integers, floats are <see cref="double"/>.
/// </summary>
internal static class Integers
{
    public static bool IsNumber(object? value) => value is long or bool or double or BigInteger;

    public static bool IsInteger(object? value) => value is long or bool or BigInteger;

    public static BigInteger ToBig(object value) => value switch
    {
        long number => number,
        bool flag => flag ? 1 : 0,
        _ => (BigInteger)value,
    };

    /// <summary>As a double.</summary>
    /// <exception cref="JinjaException">OverflowError: too large for a double.</exception>
    public static double ToFloat(object value)
    {
        var number = ToDouble(value);
        if (double.IsInfinity(number) && value is BigInteger)
            throw new JinjaException("OverflowError", "int too large to convert to float");
        return number;
    }

    /// <summary>As a double; infinite where it is too large.</summary>
    public static double ToDouble(object value) => value switch
    {
        double number => number,
        long number => number,
        bool flag => flag ? 1 : 0,
        _ => Rounded((BigInteger)value),
    };

    /// <summary>A long where it fits.</summary>
    /// <exception cref="JinjaException">MemoryError: more than <see cref="Limits.IntegerBits"/> bits.</exception>
    public static object Normalize(BigInteger value)
    {
        if (value >= long.MinValue && value <= long.MaxValue) return (long)value;
        if (value.GetBitLength() > Limits.IntegerBits)
            throw new JinjaException("MemoryError", $"an integer of more than {Limits.IntegerBits} bits");
        return value;
    }

    /// <summary>A whole number that fits 32 bits, clamped to them where it does not.</summary>
    /// <exception cref="JinjaException">TypeError: no integer.</exception>
    public static int ToIndex(object? value) => value switch
    {
        long number => (int)Math.Clamp(number, int.MinValue, int.MaxValue),
        bool flag => flag ? 1 : 0,
        BigInteger big => big.Sign < 0 ? int.MinValue : int.MaxValue,
        Undefined undefined => throw undefined.Fail(),
        _ => throw JinjaException.Type($"'{TypeNames.Of(value)}' object cannot be interpreted as an integer"),
    };

    public static bool AreEqual(object a, object b) => Order(a, b) == 0;

    /// <summary>Exact, whatever the types; null where one is NaN.</summary>
    public static int? Order(object a, object b)
    {
        if (a is long x && b is long y) return x.CompareTo(y);
        if (a is not double && b is not double) return ToBig(a).CompareTo(ToBig(b));
        if (a is double p && b is double q) return double.IsNaN(p) || double.IsNaN(q) ? null : p.CompareTo(q);
        return a is double left ? OrderOf(left, ToBig(b)) : -OrderOf((double)b, ToBig(a));
    }

    private static int? OrderOf(double a, BigInteger b)
    {
        if (double.IsNaN(a)) return null;
        if (double.IsInfinity(a)) return a > 0 ? 1 : -1;
        var floor = new BigInteger(Math.Floor(a));
        var order = floor.CompareTo(b);
        return order == 0 && Math.Floor(a) != a ? 1 : order;
    }

    // To the nearest double, half to even; the framework's own conversion cuts.
    private static double Rounded(BigInteger value)
    {
        var bits = (long)BigInteger.Abs(value).GetBitLength();
        if (bits <= 64) return value.Sign < 0 ? -(double)(ulong)-value : (double)(ulong)value;
        var shift = (int)(bits - 64);
        var magnitude = BigInteger.Abs(value);
        var top = (ulong)(magnitude >> shift);
        if (!(magnitude & ((BigInteger.One << shift) - 1)).IsZero) top |= 1; // keeps what was cut off visible to rounding
        return Math.ScaleB(top, shift) * value.Sign;
    }
}
