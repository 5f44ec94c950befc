using System.Numerics;
using Attune.Text.Templates.Jinja.Values;

namespace Attune.Text.Templates.Jinja.Library;

/// <summary>Methods of Python's dict that do not change it.</summary>
internal static class DictionaryMethods
{
    public static bool TryGet(JinjaDictionary owner, string name, out object? method)
    {
        method = name switch
        {
            "get" => Bind(name, 1, ["key", "default"], a => owner.TryGet(a.Get(0), out var value) ? value : a.Get(1)),
            "keys" or "values" or "items" => Bind(name, 0, [], _ => new DictionaryView(owner, name)),
            "copy" => Bind(name, 0, [], _ => owner.Copy()),
            "fromkeys" => FromKeys,
            _ => null,
        };
        return method is not null;
    }

    public static readonly Function FromKeys = Bind("fromkeys", 1, ["iterable", "value"], a =>
    {
        var made = new JinjaDictionary();
        foreach (var key in Iteration.Items(a.Get(0))) made.Set(key, a.Get(1));
        return made;
    });

    internal static Function Bind(string name, int required, string[] parameters, Func<Bound, object?> body)
    {
        var signature = new Signature(name, required, parameters);
        return new Function(name, arguments => body(signature.Bind(arguments)));
    }
}

/// <summary>Methods and attributes of Python's list, tuple and range that change nothing.</summary>
internal static class SequenceMethods
{
    public static bool TryGet(IIndexed owner, string name, out object? value)
    {
        value = (owner, name) switch
        {
            (JinjaTuple { Names: { } names } tuple, _) when names.Contains(name) => tuple[names.ToList().IndexOf(name)],
            (_, "count") => DictionaryMethods.Bind(name, 1, ["value"], a =>
                (long)Iteration.Items(owner).Count(item => Comparison.AreSame(item, a.Get(0)))),
            (_, "index") => DictionaryMethods.Bind(name, 1, ["value", "start", "stop"], a => IndexOf(owner, a)),
            (JinjaList list, "copy") => DictionaryMethods.Bind(name, 0, [], _ => new JinjaList(Iteration.ToList(list))),
            (JinjaRange range, "start") => range.Start,
            (JinjaRange range, "stop") => range.Stop,
            (JinjaRange range, "step") => range.Step,
            _ => null,
        };
        return value is not null || (owner is JinjaTuple { Names: { } all } && all.Contains(name));
    }

    private static object IndexOf(IIndexed owner, Bound a)
    {
        var start = a.Index(1);
        var stop = a.Index(2, owner.Count);
        if (start < 0) start = Math.Max(0, start + owner.Count);
        if (stop < 0) stop += owner.Count;
        for (var i = start; i < Math.Min(stop, owner.Count); i++)
        {
            Budget.Charge();
            if (Comparison.AreSame(owner[i], a.Get(0))) return (long)i;
        }

        throw JinjaException.Value($"{Representation.Repr(a.Get(0))} is not in list");
    }
}

/// <summary>Methods and attributes of Python's numbers.</summary>
internal static class NumberMethods
{
    public static bool TryGet(object owner, string name, out object? value)
    {
        value = (owner, name) switch
        {
            (_, "real") => Arithmetic.Plus(owner),
            (_, "imag") => owner is double ? 0.0 : 0L,
            (double number, "is_integer") =>
                DictionaryMethods.Bind(name, 0, [], _ => double.IsFinite(number) && Math.Floor(number) == number),
            (not double, "numerator") => Arithmetic.Plus(owner),
            (not double, "denominator") => 1L,
            (not double, "bit_length") =>
                DictionaryMethods.Bind(name, 0, [], _ => (long)BigInteger.Abs(Integers.ToBig(owner)).GetBitLength()),
            _ => null,
        };
        return value is not null;
    }
}
