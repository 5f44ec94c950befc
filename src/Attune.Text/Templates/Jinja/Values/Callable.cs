namespace Attune.Text.Templates.Jinja.Values;

/// <summary>Something that a template can call.</summary>
internal abstract class Callable
{
    /// <summary>Python's name of its type.</summary>
    public abstract string TypeName { get; }

    /// <summary>How it prints.</summary>
    public abstract string Text { get; }

    public abstract object? Call(CallArguments arguments);

    /// <summary>An attribute that templates can read; false where it has none of that name.</summary>
    public virtual bool TryGetAttribute(string name, out object? value)
    {
        value = null;
        return false;
    }
}

/// <summary>What a call passes.</summary>
/// <param name="Positional">Arguments without a name.</param>
/// <param name="Keywords">Arguments with a name, in order.</param>
internal sealed record CallArguments(
    IReadOnlyList<object?> Positional, IReadOnlyList<KeyValuePair<string, object?>> Keywords)
{
    public static readonly CallArguments None = new([], []);
}

/// <summary>A function or bound method of the library.</summary>
/// <param name="name">Its name.</param>
/// <param name="body">What it does.</param>
internal sealed class Function(string name, Func<CallArguments, object?> body) : Callable
{
    public override string TypeName => "function";

    public override string Text => $"<function {name}>";

    public override object? Call(CallArguments arguments) => body(arguments);
}
