using System.Collections.Frozen;
using Attune.Text.Templates.Jinja.Evaluation;
using Attune.Text.Templates.Jinja.PythonText;
using Attune.Text.Templates.Jinja.Values;

namespace Attune.Text.Templates.Jinja.Library;

/// <summary>A filter applied to a value.</summary>
/// <param name="Runtime">The rendering it happens in.</param>
/// <param name="Value">What is filtered.</param>
/// <param name="Arguments">Its arguments, bound to the filter's parameters.</param>
/// <param name="Raw">Its arguments as they were passed.</param>
internal readonly record struct FilterCall(Evaluator Runtime, object? Value, Bound Arguments, CallArguments Raw)
{
    /// <summary>The value as text: what is no string is printed first.</summary>
    public string Text => Representation.Str(Value);

    /// <summary>A result marked as safe where the value was.</summary>
    public object Like(string text) => Strings.Like(Value, text);
}

/// <summary>The filters of Jinja 3.1.</summary>
internal static class Filters
{
    /// <summary>By name. <c>random</c> and <c>pprint</c> are left out: chat templates are reproducible text.</summary>
    public static readonly FrozenDictionary<string, Func<Evaluator, object?, CallArguments, object?>> Table =
        TextFilters.All.Concat(HtmlFilters.All).Concat(NumberFilters.All).Concat(CollectionFilters.All)
            .Concat(OrderFilters.All).Concat(SelectionFilters.All)
            .ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Applies a filter by name.</summary>
    /// <exception cref="JinjaException">TemplateRuntimeError: there is no such filter.</exception>
    public static object? Apply(Evaluator runtime, string name, object? value, CallArguments arguments)
    {
        if (!Table.TryGetValue(name, out var filter))
            throw new JinjaException("TemplateRuntimeError", $"No filter named '{name}'.");
        Budget.Charge(4);
        if (Strings.Is(value, out var text)) Budget.ChargeText(text.Length);
        var result = filter(runtime, value, arguments);
        if (Strings.Is(result, out var made)) Budget.ChargeText(made.Length);
        return result;
    }

    /// <summary>An entry of the table: a filter with these parameters after its value.</summary>
    public static KeyValuePair<string, Func<Evaluator, object?, CallArguments, object?>> Define(
        string name, int required, string[] parameters, Func<FilterCall, object?> body)
    {
        var signature = new Signature(name, required, parameters);
        return KeyValuePair.Create<string, Func<Evaluator, object?, CallArguments, object?>>(
            name, (runtime, value, arguments) => body(new FilterCall(runtime, value, signature.Bind(arguments), arguments)));
    }

    /// <summary>An entry of the table: a filter that reads its arguments itself.</summary>
    public static KeyValuePair<string, Func<Evaluator, object?, CallArguments, object?>> DefineFree(
        string name, Func<FilterCall, object?> body) =>
        KeyValuePair.Create<string, Func<Evaluator, object?, CallArguments, object?>>(
            name, (runtime, value, arguments) => body(new FilterCall(runtime, value, default, arguments)));
}
