using Attune.Text.Templates.Jinja.PythonText;

namespace Attune.Text.Templates.Jinja.Values;

/// <summary>Python's == and &lt;.</summary>
internal static class Comparison
{
    /// <summary>The same object or equal: how containers look for items.</summary>
    public static bool AreSame(object? a, object? b) => ReferenceEquals(a, b) || AreEqual(a, b);

    public static bool AreEqual(object? a, object? b)
    {
        if (Integers.IsNumber(a)) return Integers.IsNumber(b) && Integers.AreEqual(a!, b!);
        if (a is null || b is null) return a is null && b is null;
        if (Strings.Is(a, out var left))
        {
            if (!Strings.Is(b, out var right)) return false;
            Budget.ChargeText(Math.Min(left.Length, right.Length));
            return left == right;
        }

        Budget.Descend();
        return (a, b) switch
        {
            (JinjaList x, JinjaList y) => ItemsAreEqual(x, y),
            (JinjaTuple x, JinjaTuple y) => ItemsAreEqual(x, y),
            (JinjaRange x, JinjaRange y) => ItemsAreEqual(x, y),
            (JinjaDictionary x, JinjaDictionary y) => EntriesAreEqual(x, y),
            (DictionaryView x, DictionaryView y) => x.Name == y.Name && ItemsAreEqual(ListOf(x), ListOf(y)),
            (Bytes x, Bytes y) => x.Value.AsSpan().SequenceEqual(y.Value),
            (Undefined, Undefined) => true,
            _ => ReferenceEquals(a, b),
        };
    }

    /// <summary>Negative, zero or positive as a comes before b; null where one is NaN.</summary>
    /// <exception cref="JinjaException">TypeError: values without an order, named by <paramref name="op"/>.</exception>
    public static int? Order(object? a, object? b, string op = "<")
    {
        Undefined.Reject(a);
        Undefined.Reject(b);
        if (Integers.IsNumber(a) && Integers.IsNumber(b)) return Integers.Order(a!, b!);
        if (Strings.Is(a, out var left) && Strings.Is(b, out var right)) return Strings.Order(left, right);
        if ((a, b) is not ((JinjaList, JinjaList) or (JinjaTuple, JinjaTuple)))
        {
            throw JinjaException.Type(
                $"'{op}' not supported between instances of '{TypeNames.Of(a)}' and '{TypeNames.Of(b)}'");
        }

        Budget.Descend();
        var (x, y) = ((IIndexed)a, (IIndexed)b);
        for (var i = 0; i < Math.Min(x.Count, y.Count); i++)
        {
            Budget.Charge();
            if (!AreSame(x[i], y[i])) return Order(x[i], y[i], op);
        }

        return x.Count.CompareTo(y.Count);
    }

    public static bool Holds(string op, object? a, object? b) => op switch
    {
        "==" => AreEqual(a, b),
        "!=" => !AreEqual(a, b),
        "<" => Order(a, b, op) < 0,
        "<=" => Order(a, b, op) <= 0,
        ">" => Order(a, b, op) > 0,
        ">=" => Order(a, b, op) >= 0,
        "in" => Contains(b, a),
        _ => !Contains(b, a),
    };

    /// <summary>Python's <c>item in container</c>.</summary>
    public static bool Contains(object? container, object? item)
    {
        if (Strings.Is(container, out var text))
        {
            if (!Strings.Is(item, out var part))
                throw JinjaException.Type($"'in <string>' requires string as left operand, not {TypeNames.Of(item)}");
            Budget.ChargeText(text.Length);
            return text.Contains(part, StringComparison.Ordinal);
        }

        if (container is JinjaDictionary dictionary) return dictionary.Contains(item);
        if (container is DictionaryView { Name: "keys" } keys) return keys.Owner.Contains(item);
        if (!Iteration.TryItems(container, out var items))
            throw JinjaException.Type($"argument of type '{TypeNames.Of(container)}' is not iterable");
        return items.Any(other => AreSame(other, item));
    }

    private static bool ItemsAreEqual(IIndexed a, IIndexed b)
    {
        if (a.Count != b.Count) return false;
        for (var i = 0; i < a.Count; i++)
        {
            Budget.Charge();
            if (!AreSame(a[i], b[i])) return false;
        }

        return true;
    }

    private static bool EntriesAreEqual(JinjaDictionary a, JinjaDictionary b) => a.Count == b.Count &&
        a.Entries.All(entry => b.TryGet(entry.Key, out var other) && AreSame(entry.Value, other));

    private static JinjaList ListOf(DictionaryView view) => new(view.Items);
}
