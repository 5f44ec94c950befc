using Attune.Text.Templates.Jinja.Syntax;
using Attune.Text.Templates.Jinja.Values;

namespace Attune.Text.Templates.Jinja.Evaluation;

/// <summary>A macro, or the body of a call block. It sees the variables of the place that defines it.</summary>
internal sealed class Macro(Evaluator runtime, MacroDefinition definition, Scope outer) : Callable
{
    public override string TypeName => "Macro";

    public override string Text => $"<Macro '{definition.Name}'>";

    public override object? Call(CallArguments arguments)
    {
        var scope = new Scope(outer);
        Bind(arguments, scope);
        return runtime.CallMacro(definition, scope);
    }

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "name" => definition.Name,
            "arguments" => new JinjaTuple([.. definition.Parameters.Select(parameter => parameter.Name)]),
            "catch_kwargs" => definition.Uses.Contains("kwargs"),
            "catch_varargs" => definition.Uses.Contains("varargs"),
            "caller" => definition.Uses.Contains("caller"),
            _ => null,
        };
        return value is not null;
    }

    private void Bind(CallArguments arguments, Scope scope)
    {
        var parameters = definition.Parameters;
        var positional = arguments.Positional;
        var keywords = new OrderedDictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, value) in arguments.Keywords) keywords[name] = value;
        for (var i = 0; i < parameters.Count; i++)
        {
            var (name, otherwise) = parameters[i];
            if (i < positional.Count) scope.Set(name, positional[i]);
            else if (keywords.Remove(name, out var value)) scope.Set(name, value);
            else if (otherwise is not null) scope.Set(name, runtime.Evaluate(otherwise, scope));
            else scope.Set(name, new Undefined($"parameter '{name}' was not provided"));
        }

        if (definition.Uses.Contains("caller"))
            scope.Set("caller", keywords.Remove("caller", out var caller) ? caller : new Undefined("No caller defined"));
        if (definition.Uses.Contains("kwargs")) scope.Set("kwargs", Library.Globals.DictionaryOf(keywords));
        else if (keywords.Count > 0)
            throw JinjaException.Type($"macro '{definition.Name}' takes no keyword argument '{keywords.GetAt(0).Key}'");
        if (definition.Uses.Contains("varargs")) scope.Set("varargs", new JinjaTuple([.. positional.Skip(parameters.Count)]));
        else if (positional.Count > parameters.Count)
            throw JinjaException.Type($"macro '{definition.Name}' takes not more than {parameters.Count} argument(s)");
    }
}
