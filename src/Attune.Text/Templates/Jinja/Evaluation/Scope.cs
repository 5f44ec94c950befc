namespace Attune.Text.Templates.Jinja.Evaluation;

/// <summary>Variables of a block; what it does not hold is looked up outside.</summary>
internal sealed class Scope(Scope? outer)
{
    private Dictionary<string, object?>? _variables;

    public Scope(Scope? outer, Dictionary<string, object?> variables)
        : this(outer) => _variables = variables;

    public void Set(string name, object? value) =>
        (_variables ??= new Dictionary<string, object?>(StringComparer.Ordinal))[name] = value;

    public bool TryGet(string name, out object? value)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope._variables is not null && scope._variables.TryGetValue(name, out value)) return true;
        }

        value = null;
        return false;
    }

    private Scope? Outer { get; } = outer;
}

