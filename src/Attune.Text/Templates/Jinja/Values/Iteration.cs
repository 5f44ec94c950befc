using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using Attune.Text.Templates.Jinja.PythonText;

namespace Attune.Text.Templates.Jinja.Values;

/// <summary>Python's iter(), len() and bool().</summary>
internal static class Iteration
{
    /// <summary>The items of a value, each of which costs a unit of work; false where it has none.</summary>
    public static bool TryItems(object? value, [NotNullWhen(true)] out IEnumerable<object?>? items)
    {
        items = value switch
        {
            string text => Strings.CodePoints(text),
            Markup markup => Strings.CodePoints(markup.Text),
            IIndexed indexed => Items(indexed),
            JinjaDictionary dictionary => dictionary.Keys,
            DictionaryView view => view.Items,
            Generator generator => generator.Rest(),
            Undefined => [],
            Bytes bytes => bytes.Value.Select(b => (object)(long)b),
            _ => null,
        };
        if (items is not null) items = Charged(items);
        return items is not null;
    }

    /// <summary>The items of a value.</summary>
    /// <exception cref="JinjaException">TypeError: the value has no items.</exception>
    public static IEnumerable<object?> Items(object? value) => TryItems(value, out var items)
        ? items
        : throw JinjaException.Type($"'{TypeNames.Of(value)}' object is not iterable");

    /// <summary>The items as a list of their own.</summary>
    public static List<object?> ToList(object? value)
    {
        var list = new List<object?>();
        foreach (var item in Items(value))
        {
            list.Add(item);
            Limits.CheckItems(list.Count);
        }

        return list;
    }

    /// <summary>The number of items, or null where the value has no length.</summary>
    public static int? TryLength(object? value) => value switch
    {
        string text => Strings.Length(text),
        Markup markup => Strings.Length(markup.Text),
        IIndexed indexed => indexed.Count,
        JinjaDictionary dictionary => dictionary.Count,
        DictionaryView view => view.Owner.Count,
        Undefined => 0,
        Bytes bytes => bytes.Value.Length,
        ISized sized => sized.Length,
        _ => null,
    };

    public static bool IsTrue(object? value) => value switch
    {
        null => false,
        bool flag => flag,
        long number => number != 0,
        double number => number != 0,
        BigInteger => true,
        string text => text.Length > 0,
        Markup markup => markup.Text.Length > 0,
        _ => TryLength(value) is not 0,
    };

    private static IEnumerable<object?> Items(IIndexed indexed)
    {
        for (var i = 0; i < indexed.Count; i++) yield return indexed[i];
    }

    private static IEnumerable<object?> Charged(IEnumerable<object?> items)
    {
        foreach (var item in items)
        {
            Budget.Charge();
            yield return item;
        }
    }
}

/// <summary>A value with a length that is no collection of the library: a loop.</summary>
internal interface ISized
{
    int Length { get; }
}
