using System.Numerics;
using Attune.Text.Templates.Jinja.Evaluation;
using Attune.Text.Templates.Jinja.PythonText;
using Attune.Text.Templates.Jinja.Values;

namespace Attune.Text.Templates.Jinja.Library;

/// <summary>Filters that make or take numbers.</summary>
internal static class NumberFilters
{
    private static readonly string[] DecimalUnits = ["kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
    private static readonly string[] BinaryUnits = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"];

    public static readonly KeyValuePair<string, Func<Evaluator, object?, CallArguments, object?>>[] All =
    [
        Filters.Define("abs", 0, [], call => Absolute(call.Value)),
        Filters.Define("int", 0, ["default", "base"], ToInteger),
        Filters.Define("float", 0, ["default"], call => ToFloat(call.Value) ?? call.Arguments.Get(0, 0.0)),
        Filters.Define("round", 0, ["precision", "method"], Round),
        Filters.Define("filesizeformat", 0, ["binary"], FileSize),
    ];

    private static object? Absolute(object? value) => value switch
    {
        double number => Math.Abs(number),
        long or bool or BigInteger => Integers.Normalize(BigInteger.Abs(Integers.ToBig(value))),
        _ => throw JinjaException.Type($"bad operand type for abs(): '{TypeNames.Of(value)}'"),
    };

    private static object? ToInteger(FilterCall call)
    {
        Undefined.Reject(call.Value);
        if (Integers.IsInteger(call.Value)) return Integers.Normalize(Integers.ToBig(call.Value!));
        var radix = call.Arguments.Index(1, 10);
        if (Strings.Is(call.Value, out var text))
        {
            if (radix is not (0 or (>= 2 and <= 36))) throw JinjaException.Value("int() base must be >= 2 and <= 36, or 0");
            if (NumberText.ParseInteger(text, radix) is { } parsed) return parsed;
        }

        if (call.Value is double.PositiveInfinity or double.NegativeInfinity)
            throw new JinjaException("OverflowError", "cannot convert float infinity to integer");
        return ToFloat(call.Value) is { } number && double.IsFinite(number)
            ? Integers.Normalize(new BigInteger(Math.Truncate(number)))
            : call.Arguments.Get(0, 0L);
    }

    // Null where the value is no number.
    private static double? ToFloat(object? value)
    {
        Undefined.Reject(value);
        if (Strings.Is(value, out var text)) return NumberText.ParseFloat(text);
        return Integers.IsNumber(value) ? Integers.ToFloat(value!) : null;
    }

    private static object Round(FilterCall call)
    {
        var precision = call.Arguments.Index(0);
        var method = call.Arguments.Text(1, "common");
        if (method is not ("common" or "ceil" or "floor"))
            throw new JinjaException("FilterArgumentError", "method must be common, ceil or floor");
        if (method != "common") Undefined.Reject(call.Value);
        if (!Integers.IsNumber(call.Value))
            throw JinjaException.Type($"type {TypeNames.Of(call.Value)} doesn't define __round__ method");
        if (method == "common")
        {
            return call.Value is double number
                ? ExactDecimal.Round(number, precision)
                : RoundInteger(Integers.ToBig(call.Value!), precision);
        }

        var factor = Arithmetic.Apply("**", 10L, (long)precision);
        var scaled = Integers.ToFloat(Arithmetic.Apply("*", call.Value, factor)!);
        if (!double.IsFinite(scaled))
            throw new JinjaException("OverflowError", "cannot convert float infinity or NaN to integer");
        var whole = Integers.Normalize(new BigInteger(method == "ceil" ? Math.Ceiling(scaled) : Math.Floor(scaled)));
        return Arithmetic.Apply("/", whole, factor)!;
    }

    // Half to even, as Python rounds 25 to tens: 20.
    private static object RoundInteger(BigInteger value, int precision)
    {
        if (precision >= 0) return Integers.Normalize(value);
        if (precision < -5_000) return 0L;
        return Integers.Normalize(ExactDecimal.DivideHalfEven(value, BigInteger.Pow(10, -precision)) * BigInteger.Pow(10, -precision));
    }

    private static object FileSize(FilterCall call)
    {
        var bytes = ToFloat(call.Value) ?? throw (Strings.Is(call.Value)
            ? JinjaException.Value("could not convert string to float")
            : JinjaException.Type($"float() argument must be a string or a real number, not '{TypeNames.Of(call.Value)}'"));
        var binary = call.Arguments.Flag(0);
        var radix = binary ? 1024.0 : 1000.0;
        if (bytes == 1) return "1 Byte";
        if (bytes < radix) return $"{Representation.Repr(Integers.Normalize(new BigInteger(bytes)))} Bytes";
        var unit = 0;
        while (unit < DecimalUnits.Length - 1 && bytes >= Math.Pow(radix, unit + 2)) unit++;
        var amount = radix * bytes / Math.Pow(radix, unit + 2);
        return $"{ExactDecimal.Fixed(amount, 1)} {(binary ? BinaryUnits : DecimalUnits)[unit]}";
    }
}
