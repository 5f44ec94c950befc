using Attune.Text.Templates.Jinja.Evaluation;
using Attune.Text.Templates.Jinja.PythonText;
using Attune.Text.Templates.Jinja.Values;

namespace Attune.Text.Templates.Jinja.Library;

/// <summary>Filters that compare items: sort, group, smallest, sum.</summary>
internal static class OrderFilters
{
    public static readonly KeyValuePair<string, Func<Evaluator, object?, CallArguments, object?>>[] All =
    [
        Filters.Define("sort", 0, ["reverse", "case_sensitive", "attribute"], Sort),
        Filters.Define("dictsort", 0, ["case_sensitive", "by", "reverse"], SortDictionary),
        Filters.Define("groupby", 1, ["attribute", "default", "case_sensitive"], GroupBy),
        Filters.Define("unique", 0, ["case_sensitive", "attribute"], call => new Generator(Unique(call))),
        Filters.Define("min", 0, ["case_sensitive", "attribute"], call => Extreme(call, (a, b) => Comparison.Order(a, b) < 0)),
        Filters.Define("max", 0, ["case_sensitive", "attribute"], call => Extreme(call, (a, b) => Comparison.Order(a, b, ">") > 0)),
        Filters.Define("sum", 0, ["attribute", "start"], Sum),
    ];

    private static object? Fold(object? value, bool caseSensitive) =>
        !caseSensitive && Strings.Is(value, out var text) ? Casing.Lower(text) : value;

    private static List<object?> SortBy(IEnumerable<object?> items, Func<object?, object?> key, bool reverse)
    {
        var keyed = items.Select(item => (Item: item, Key: key(item))).ToList();
        var sorted = reverse
            ? StableSort.Sort(keyed, (a, b) => Comparison.Order(b.Key, a.Key) < 0)
            : StableSort.Sort(keyed, (a, b) => Comparison.Order(a.Key, b.Key) < 0);
        return [.. sorted.Select(pair => pair.Item)];
    }

    private static object Sort(FilterCall call)
    {
        var paths = AttributePath.ParseMany(call.Arguments.Get(2));
        var caseSensitive = call.Arguments.Flag(1);
        return new JinjaList(SortBy(
            Iteration.ToList(call.Value),
            item => new JinjaList([.. paths.Select(path => Fold(path.Get(item), caseSensitive))]),
            call.Arguments.Flag(0)));
    }

    private static object SortDictionary(FilterCall call)
    {
        var by = call.Arguments.Text(1, "key");
        if (by is not ("key" or "value"))
            throw new JinjaException("FilterArgumentError", "You can only sort by either \"key\" or \"value\"");
        Undefined.Reject(call.Value);
        if (call.Value is not JinjaDictionary dictionary)
            throw new JinjaException("AttributeError", $"'{TypeNames.Of(call.Value)}' object has no attribute 'items'");
        var caseSensitive = call.Arguments.Flag(0);
        return new JinjaList(SortBy(
            new DictionaryView(dictionary, "items").Items,
            pair => Fold(((JinjaTuple)pair!)[by == "key" ? 0 : 1], caseSensitive),
            call.Arguments.Flag(2)));
    }

    private static object GroupBy(FilterCall call)
    {
        var path = AttributePath.Parse(call.Arguments.Get(0), call.Arguments.Get(1));
        var caseSensitive = call.Arguments.Flag(2);
        object? Key(object? item) => Fold(path.Get(item), caseSensitive);
        var groups = new List<object?>();
        List<object?> current = [];
        foreach (var item in SortBy(Iteration.ToList(call.Value), Key, reverse: false))
        {
            if (current.Count == 0 || !Comparison.AreSame(Key(current[0]), Key(item)))
            {
                current = [];
                groups.Add(new JinjaTuple([path.Get(item), new JinjaList(current)], ["grouper", "list"]));
            }

            current.Add(item);
        }

        return new JinjaList(groups);
    }

    private static IEnumerable<object?> Unique(FilterCall call)
    {
        var path = AttributePath.Parse(call.Arguments.Get(1));
        var seen = new JinjaDictionary();
        foreach (var item in Iteration.Items(call.Value))
        {
            var key = Fold(path.Get(item), call.Arguments.Flag(0));
            if (seen.Contains(key)) continue;
            seen.Set(key, null);
            yield return item;
        }
    }

    private static object? Extreme(FilterCall call, Func<object?, object?, bool> isBetter)
    {
        var path = AttributePath.Parse(call.Arguments.Get(1));
        var caseSensitive = call.Arguments.Flag(0);
        var isFirst = true;
        object? best = null;
        object? bestKey = null;
        foreach (var item in Iteration.Items(call.Value))
        {
            var key = Fold(path.Get(item), caseSensitive);
            if (isFirst || isBetter(key, bestKey)) (best, bestKey) = (item, key);
            isFirst = false;
        }

        return isFirst ? new Undefined("No aggregated item, sequence was empty.") : best;
    }

    private static object? Sum(FilterCall call)
    {
        var path = AttributePath.Parse(call.Arguments.Get(0));
        var sum = call.Arguments.Get(1, 0L);
        if (Strings.Is(sum)) throw JinjaException.Type("sum() can't sum strings [use ''.join(seq) instead]");
        foreach (var item in Iteration.Items(call.Value)) sum = Arithmetic.Apply("+", sum, path.Get(item));
        return sum;
    }
}
