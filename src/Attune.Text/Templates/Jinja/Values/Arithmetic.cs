using System.Numerics;
using Attune.Text.Templates.Jinja.PythonText;

namespace Attune.Text.Templates.Jinja.Values;

/// <summary>Python's arithmetic: / gives a float, // and % round down, + joins and * repeats sequences.</summary>
internal static class Arithmetic
{
    public static object? Apply(string op, object? left, object? right)
    {
        Undefined.Reject(left);
        if (op == "%" && Strings.Is(left, out var format)) return Strings.Like(left, PercentFormat.Format(format, right));
        Undefined.Reject(right);
        if (Integers.IsNumber(left) && Integers.IsNumber(right))
        {
            return left is double || right is double || op == "/"
                ? Floats(op, left!, right!)
                : Whole(op, left!, right!);
        }

        return op switch
        {
            "+" => Join(left, right),
            "*" => Repeat(left, right),
            _ => throw Unsupported(op, left, right),
        };
    }

    public static object? Negate(object? value) => value switch
    {
        long number when number != long.MinValue => -number,
        double number => -number,
        long or bool or BigInteger => Integers.Normalize(-Integers.ToBig(value)),
        Undefined undefined => throw undefined.Fail(),
        _ => throw JinjaException.Type($"bad operand type for unary -: '{TypeNames.Of(value)}'"),
    };

    public static object? Plus(object? value) => value switch
    {
        double or long or BigInteger => value,
        bool flag => flag ? 1L : 0L,
        Undefined undefined => throw undefined.Fail(),
        _ => throw JinjaException.Type($"bad operand type for unary +: '{TypeNames.Of(value)}'"),
    };

    private static object Whole(string op, object left, object right)
    {
        var (a, b) = (Integers.ToBig(left), Integers.ToBig(right));
        switch (op)
        {
            case "+": return Integers.Normalize(a + b);
            case "-": return Integers.Normalize(a - b);
            case "*": return Integers.Normalize(a * b);
            case "**": return Power(a, b);
        }

        if (b.IsZero) throw DivisionByZero("integer division or modulo by zero");
        var quotient = BigInteger.DivRem(a, b, out var remainder);
        if (!remainder.IsZero && remainder.Sign != b.Sign) (quotient, remainder) = (quotient - 1, remainder + b);
        return Integers.Normalize(op == "//" ? quotient : remainder);
    }

    private static object Power(BigInteger a, BigInteger b)
    {
        if (b.Sign < 0)
        {
            if (a.IsZero) throw DivisionByZero("0.0 cannot be raised to a negative power");
            return Math.Pow((double)a, (double)b);
        }

        if (a.IsZero || a.IsOne || b.IsZero) return b.IsZero || a.IsOne ? 1L : 0L;
        if (a == BigInteger.MinusOne) return b.IsEven ? 1L : -1L;
        if (a.GetBitLength() * b > Limits.IntegerBits)
            throw new JinjaException("MemoryError", $"an integer of more than {Limits.IntegerBits} bits");
        return Integers.Normalize(BigInteger.Pow(a, (int)b));
    }

    private static object Floats(string op, object left, object right)
    {
        var (a, b) = (Integers.ToFloat(left), Integers.ToFloat(right));
        if (b == 0 && (op is "/" or "//" or "%")) throw DivisionByZero("division by zero");
        return op switch
        {
            "+" => a + b,
            "-" => a - b,
            "*" => a * b,
            "/" => a / b,
            "//" => FloorDivide(a, b),
            "%" => Modulo(a, b),
            _ => FloatPower(a, b),
        };
    }

    private static double Modulo(double a, double b)
    {
        var remainder = a % b;
        if (remainder == 0) return Math.CopySign(0, b);
        return (b < 0) == (remainder < 0) ? remainder : remainder + b;
    }

    private static double FloorDivide(double a, double b)
    {
        var quotient = (a - Modulo(a, b)) / b;
        if (quotient == 0) return Math.CopySign(0, a / b);
        var floor = Math.Floor(quotient);
        return quotient - floor > 0.5 ? floor + 1 : floor;
    }

    private static double FloatPower(double a, double b)
    {
        if (a == 0 && b < 0) throw DivisionByZero("0.0 cannot be raised to a negative power");
        var power = Math.Pow(a, b);
        if (double.IsInfinity(power) && double.IsFinite(a) && double.IsFinite(b))
            throw new JinjaException("OverflowError", "Numerical result out of range");
        if (double.IsNaN(power) && !double.IsNaN(a) && !double.IsNaN(b))
            throw JinjaException.Type("complex numbers are not supported");
        return power;
    }

    private static object Join(object? left, object? right)
    {
        if (left is Markup || right is Markup)
        {
            if (Strings.Is(left) && Strings.Is(right))
                return new Markup(Checked(Markup.Escape(left).Text, Markup.Escape(right).Text));
        }
        else if (left is string a)
        {
            if (right is string b) return Checked(a, b);
            throw JinjaException.Type($"can only concatenate str (not \"{TypeNames.Of(right)}\") to str");
        }

        if ((left, right) is (JinjaList or JinjaTuple, JinjaList or JinjaTuple) && left!.GetType() == right!.GetType())
        {
            var items = Iteration.ToList(left);
            items.AddRange(Iteration.Items(right));
            Limits.CheckItems(items.Count);
            return left is JinjaList ? new JinjaList(items) : new JinjaTuple(items);
        }

        throw Unsupported("+", left, right);
    }

    private static string Checked(string a, string b)
    {
        Budget.ChargeText((long)a.Length + b.Length);
        return a + b;
    }

    private static object Repeat(object? left, object? right)
    {
        var (sequence, times) = Integers.IsInteger(left) ? (right, left) : (left, right);
        if (!Integers.IsInteger(times)) throw Unsupported("*", left, right);
        var count = Math.Max(0, Integers.ToIndex(times));
        if (Strings.Is(sequence, out var text))
        {
            Budget.ChargeText((long)text.Length * count);
            return Strings.Like(sequence, new System.Text.StringBuilder().Insert(0, text, text.Length == 0 ? 0 : count).ToString());
        }

        if (sequence is not (JinjaList or JinjaTuple)) throw Unsupported("*", left, right);
        var one = (IIndexed)sequence;
        Budget.ChargeItems((long)one.Count * count);
        var items = new List<object?>(one.Count * count);
        if (one.Count > 0)
        {
            for (var i = 0; i < count; i++) items.AddRange(Iteration.Items(sequence));
        }

        return sequence is JinjaList ? new JinjaList(items) : new JinjaTuple(items);
    }

    private static JinjaException DivisionByZero(string message) => new("ZeroDivisionError", message);

    private static JinjaException Unsupported(string op, object? left, object? right) => JinjaException.Type(
        $"unsupported operand type(s) for {op}: '{TypeNames.Of(left)}' and '{TypeNames.Of(right)}'");
}
