namespace Attune.Text.Templates.Jinja.Values;

/// <summary>
/// The value of what is not there. It prints as nothing, counts as false and empty, and fails when used any further.
/// </summary>
/// <param name="message">What is missing, for the error of its use.</param>
/// <param name="kind">The kind of that error.</param>
internal sealed class Undefined(string message, string kind = "UndefinedError")
{
    public static Undefined Variable(string name) => new($"'{name}' is undefined");

    public static Undefined Attribute(object? owner, string name) => new(
        $"'{TypeNames.Of(owner)} object' has no attribute '{name}'");

    public static Undefined Element(object? owner, object? index) => index is string or Markup
        ? Attribute(owner, index.ToString()!)
        : new Undefined($"{TypeNames.Of(owner)} object has no element {Representation.Repr(index)}");

    public static Undefined Unsafe(object? owner, string name) => new(
        $"access to attribute '{name}' of '{TypeNames.Of(owner)}' object is unsafe.", "SecurityError");

    /// <summary>The error of using it.</summary>
    public JinjaException Fail() => new(kind, message);

    /// <summary>Throws where a value is undefined.</summary>
    public static void Reject(object? value)
    {
        if (value is Undefined undefined) throw undefined.Fail();
    }
}
