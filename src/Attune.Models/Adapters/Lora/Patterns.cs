using System.Text.RegularExpressions;

namespace Attune.Models.Adapters.Lora;

/// <summary>Regular expressions from adapter files: not trusted, so every match is bounded in time.</summary>
internal static class Patterns
{
    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(200); // a module name has some 40 characters

    /// <summary>Matches the whole of a module name.</summary>
    public static Regex WholeName(string expression) => Create($@"\A(?:{expression})\z", expression);

    /// <summary>Matches a whole module name or an ending after a dot.</summary>
    public static Regex Ending(string expression) => Create($@"\A(?:.*\.)?(?:{expression})\z", expression);

    /// <summary>Matches a beginning of a module name.</summary>
    public static Regex Beginning(string expression) => Create($@"\A(?:{expression})", expression);

    /// <summary>Runs a match.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Model"/>: it took too long.</exception>
    public static bool IsMatch(Regex expression, string module) => Match(expression, module).Success;

    /// <summary>Runs a match.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Model"/>: it took too long.</exception>
    public static Match Match(Regex expression, string module)
    {
        try
        {
            return expression.Match(module);
        }
        catch (RegexMatchTimeoutException e)
        {
            throw new AttuneException(ExitCode.Model, $"The regular expression '{expression}' takes too long on the module name '{module}'.", inner: e);
        }
    }

    private static Regex Create(string wrapped, string expression)
    {
        try
        {
            // Parsed alone first: "a)(b" would be whole inside the wrapping.
            _ = new Regex(expression, RegexOptions.CultureInvariant, Bound);
            return new Regex(wrapped, RegexOptions.CultureInvariant, Bound);
        }
        catch (ArgumentException e)
        {
            throw new AttuneException(ExitCode.Model, $"'{expression}' is not a regular expression: {e.Message}", inner: e);
        }
    }
}
