using Attune.Text.Templates.Jinja.Evaluation;
using Attune.Text.Templates.Jinja.PythonText;
using Attune.Text.Templates.Jinja.Values;

namespace Attune.Text.Templates.Jinja.Library;

/// <summary>Filters that take collections apart or put them together.</summary>
internal static class CollectionFilters
{
    public static readonly KeyValuePair<string, Func<Evaluator, object?, CallArguments, object?>>[] All =
    [
        Filters.Define("length", 0, [], Length),
        Filters.Define("count", 0, [], Length),
        Filters.Define("first", 0, [], First),
        Filters.Define("last", 0, [], Last),
        Filters.Define("list", 0, [], call => new JinjaList(Iteration.ToList(call.Value))),
        Filters.Define("items", 0, [], Items),
        Filters.Define("join", 0, ["d", "attribute"], Join),
        Filters.Define("reverse", 0, [], Reverse),
        Filters.Define("batch", 1, ["linecount", "fill_with"], call => new Generator(Batch(call))),
        Filters.Define("slice", 1, ["slices", "fill_with"], call => new Generator(Slice(call))),
        Filters.Define("default", 0, ["default_value", "boolean"], Default),
        Filters.Define("d", 0, ["default_value", "boolean"], Default),
        Filters.Define("attr", 1, ["name"], Attribute),
    ];

    private static object Length(FilterCall call) => Iteration.TryLength(call.Value) is { } length
        ? (long)length
        : throw JinjaException.Type($"object of type '{TypeNames.Of(call.Value)}' has no len()");

    private static object? First(FilterCall call)
    {
        foreach (var item in Iteration.Items(call.Value)) return item;
        return new Undefined("No first item, sequence was empty.");
    }

    private static object? Last(FilterCall call)
    {
        if (call.Value is Generator) throw JinjaException.Type("'generator' object is not reversible");
        var items = Iteration.ToList(call.Value);
        return items.Count > 0 ? items[^1] : new Undefined("No last item, sequence was empty.");
    }

    private static object Items(FilterCall call) => call.Value switch
    {
        Undefined => new Generator([]),
        JinjaDictionary dictionary => new Generator(new DictionaryView(dictionary, "items").Items),
        _ => new Generator(NotAMapping()),
    };

    private static IEnumerable<object?> NotAMapping()
    {
        yield return new Func<object?>(() => throw JinjaException.Type("Can only get item pairs from a mapping."))();
    }

    private static object Join(FilterCall call)
    {
        var items = Iteration.Items(call.Value);
        if (call.Arguments.Get(1) is { } attribute) items = items.Select(AttributePath.Parse(attribute).Get);
        var separator = call.Arguments.Get(0, "");
        if (!call.Runtime.Autoescape)
            return Joining.Join(Representation.Str(separator), items.Select(Representation.Str));
        var list = items.ToList();
        if (separator is not Markup && !list.Any(item => item is Markup))
            return Joining.Join(Representation.Str(separator), list.Select(Representation.Str));
        return new Markup(Joining.Join(Markup.Escape(separator).Text, list.Select(item => Markup.Escape(item).Text)));
    }

    private static object Reverse(FilterCall call)
    {
        if (Strings.Is(call.Value, out var text))
        {
            var points = Strings.CodePoints(text);
            points.Reverse();
            return call.Like(string.Concat(points));
        }

        if (!Iteration.TryItems(call.Value, out _))
            throw new JinjaException("FilterArgumentError", "argument must be iterable");
        var items = Iteration.ToList(call.Value);
        items.Reverse();
        return call.Value is Generator ? new JinjaList(items) : new Generator(items);
    }

    private static IEnumerable<object?> Batch(FilterCall call)
    {
        var size = call.Arguments.Index(0);
        var fill = call.Arguments.Get(1);
        var batch = new List<object?>();
        foreach (var item in Iteration.Items(call.Value))
        {
            if (batch.Count == size)
            {
                yield return new JinjaList(batch);
                batch = [];
            }

            batch.Add(item);
            Limits.CheckItems(batch.Count);
        }

        if (batch.Count == 0) yield break;
        if (fill is not null && batch.Count < size)
        {
            Budget.ChargeItems(size);
            batch.AddRange(Enumerable.Repeat(fill, size - batch.Count));
        }

        yield return new JinjaList(batch);
    }

    private static IEnumerable<object?> Slice(FilterCall call)
    {
        var slices = call.Arguments.Index(0);
        var items = Iteration.ToList(call.Value);
        if (slices == 0) throw new JinjaException("ZeroDivisionError", "integer division or modulo by zero");
        var fill = call.Arguments.Get(1);
        var start = 0;
        for (var i = 0; i < slices; i++)
        {
            var isLonger = i < items.Count % slices;
            var size = (items.Count / slices) + (isLonger ? 1 : 0);
            var slice = items.GetRange(start, size);
            if (fill is not null && !isLonger) slice.Add(fill);
            Budget.Charge(1 + size);
            yield return new JinjaList(slice);
            start += size;
        }
    }

    private static object? Default(FilterCall call)
    {
        var isMissing = call.Value is Undefined || (call.Arguments.Flag(1) && !Iteration.IsTrue(call.Value));
        return isMissing ? call.Arguments.Get(0, "") : call.Value;
    }

    private static object? Attribute(FilterCall call)
    {
        var name = call.Arguments.Text(0);
        return Members.TryAttribute(call.Value, name, out var value) ? value : Undefined.Attribute(call.Value, name);
    }
}
