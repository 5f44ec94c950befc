using Attune.Text.Templates.Jinja.PythonText;
using Attune.Text.Templates.Jinja.Values;

namespace Attune.Text.Templates.Jinja.Library;

/// <summary>The parameters of a function of the library.</summary>
/// <param name="name">The function's name, for messages.</param>
/// <param name="required">How many of the parameters have no default.</param>
/// <param name="parameters">Their names.</param>
internal sealed class Signature(string name, int required, params string[] parameters)
{
    /// <summary>Puts what a call passes into the order of the parameters.</summary>
    /// <exception cref="JinjaException">TypeError: too many, unknown or missing arguments.</exception>
    public Bound Bind(CallArguments arguments)
    {
        if (arguments.Positional.Count > parameters.Length)
        {
            throw JinjaException.Type(
                $"{name}() takes at most {parameters.Length} arguments but {arguments.Positional.Count} were given");
        }

        var values = new object?[parameters.Length];
        var given = new bool[parameters.Length];
        for (var i = 0; i < arguments.Positional.Count; i++) (values[i], given[i]) = (arguments.Positional[i], true);
        foreach (var (keyword, value) in arguments.Keywords)
        {
            var index = Array.IndexOf(parameters, keyword);
            if (index < 0) throw JinjaException.Type($"{name}() got an unexpected keyword argument '{keyword}'");
            if (given[index]) throw JinjaException.Type($"{name}() got multiple values for argument '{keyword}'");
            (values[index], given[index]) = (value, true);
        }

        var missing = Array.IndexOf(given, false);
        if (missing >= 0 && missing < required)
            throw JinjaException.Type($"{name}() missing 1 required positional argument: '{parameters[missing]}'");
        return new Bound(values, given);
    }
}

/// <summary>Arguments in the order of their parameters.</summary>
internal readonly struct Bound(object?[] values, bool[] given)
{
    public bool Has(int index) => given[index];

    public object? Get(int index, object? otherwise = null) => given[index] ? values[index] : otherwise;

    public bool Flag(int index, bool otherwise = false) => given[index] ? Iteration.IsTrue(values[index]) : otherwise;

    /// <summary>An integer.</summary>
    /// <exception cref="JinjaException">TypeError: no integer.</exception>
    public int Index(int index, int otherwise = 0) => given[index] ? Integers.ToIndex(values[index]) : otherwise;

    /// <summary>An integer, or null where the argument is absent or none.</summary>
    public int? OptionalIndex(int index) => Get(index) is { } value ? Integers.ToIndex(value) : null;

    /// <summary>A string.</summary>
    /// <exception cref="JinjaException">TypeError: no string.</exception>
    public string Text(int index, string otherwise = "") => given[index] ? Strings.Is(values[index], out var text)
        ? text
        : throw JinjaException.Type($"expected str, not {TypeNames.Of(values[index])}") : otherwise;

    /// <summary>A string, or null where the argument is absent or none.</summary>
    public string? OptionalText(int index) => Get(index) is null ? null : Text(index);
}
