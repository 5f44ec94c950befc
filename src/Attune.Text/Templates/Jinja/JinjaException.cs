namespace Attune.Text.Templates.Jinja;

/// <summary>A template that is wrong, fails, or refuses what it was given.</summary>
/// <param name="kind">
/// The class Python's Jinja raises in the same place (<c>UndefinedError</c>, <c>TypeError</c>, …); <c>TemplateError</c> is
/// what the template itself raised.
/// </param>
/// <param name="message">What went wrong; for <c>TemplateError</c> the template's own words.</param>
/// <param name="line">1-based line of the template, 0 where not known yet.</param>
public sealed class JinjaException(string kind, string message, int line = 0) : Exception(message)
{
    /// <summary>The class Python's Jinja raises in the same place.</summary>
    public string Kind { get; } = kind;

    /// <summary>1-based line of the template, 0 where it is not known.</summary>
    public int Line { get; private set; } = line;

    internal static JinjaException Type(string message) => new("TypeError", message);

    internal static JinjaException Value(string message) => new("ValueError", message);

    internal static JinjaException Syntax(string message, int line) => new("TemplateSyntaxError", message, line);

    internal static JinjaException Recursion() => new("RecursionError", "nested too deeply");

    /// <summary>Remembers where it happened, unless a more exact place is known.</summary>
    internal void At(int line)
    {
        if (Line == 0) Line = line;
    }
}
