using Attune.Text.Templates.Jinja.Evaluation;
using Attune.Text.Templates.Jinja.Values;

namespace Attune.Text.Templates.Jinja.Library;

/// <summary>Filters that apply a filter or test to every item; lazy, so errors come when the items are asked for.</summary>
internal static class SelectionFilters
{
    public static readonly KeyValuePair<string, Func<Evaluator, object?, CallArguments, object?>>[] All =
    [
        Filters.DefineFree("map", call => new Generator(Map(call))),
        Filters.DefineFree("select", call => new Generator(Select(call, keep: true, byAttribute: false))),
        Filters.DefineFree("reject", call => new Generator(Select(call, keep: false, byAttribute: false))),
        Filters.DefineFree("selectattr", call => new Generator(Select(call, keep: true, byAttribute: true))),
        Filters.DefineFree("rejectattr", call => new Generator(Select(call, keep: false, byAttribute: true))),
    ];

    private static IEnumerable<object?> Map(FilterCall call)
    {
        if (!Iteration.IsTrue(call.Value)) yield break;
        var mapper = Mapper(call);
        foreach (var item in Iteration.Items(call.Value)) yield return mapper(item);
    }

    private static Func<object?, object?> Mapper(FilterCall call)
    {
        var (positional, keywords) = (call.Raw.Positional, call.Raw.Keywords);
        if (positional.Count == 0 && keywords.Any(keyword => keyword.Key == "attribute"))
        {
            var unknown = keywords.FirstOrDefault(keyword => keyword.Key is not ("attribute" or "default"));
            if (unknown.Key is not null)
                throw new JinjaException("FilterArgumentError", $"Unexpected keyword argument '{unknown.Key}'");
            return AttributePath.Parse(
                keywords.First(keyword => keyword.Key == "attribute").Value,
                keywords.FirstOrDefault(keyword => keyword.Key == "default").Value).Get;
        }

        if (positional.Count == 0) throw new JinjaException("FilterArgumentError", "map requires a filter argument");
        var name = Representation.Str(positional[0]);
        var rest = new CallArguments([.. positional.Skip(1)], keywords);
        var runtime = call.Runtime;
        return item => Filters.Apply(runtime, name, item, rest);
    }

    private static IEnumerable<object?> Select(FilterCall call, bool keep, bool byAttribute)
    {
        if (!Iteration.IsTrue(call.Value)) yield break;
        var positional = call.Raw.Positional;
        if (byAttribute && positional.Count == 0)
            throw new JinjaException("FilterArgumentError", "Missing parameter for attribute name");
        var path = AttributePath.Parse(byAttribute ? positional[0] : null);
        var rest = positional.Skip(byAttribute ? 1 : 0).ToList();
        var arguments = new CallArguments([.. rest.Skip(1)], call.Raw.Keywords);
        foreach (var item in Iteration.Items(call.Value))
        {
            var subject = path.Get(item);
            var holds = rest.Count == 0
                ? Iteration.IsTrue(subject)
                : Tests.Apply(Representation.Str(rest[0]), subject, arguments);
            if (holds == keep) yield return item;
        }
    }
}
