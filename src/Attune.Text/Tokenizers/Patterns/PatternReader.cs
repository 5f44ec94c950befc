namespace Attune.Text.Tokenizers.Patterns;

/// <summary>Reads "pattern" of a component: <c>{"String": …}</c> or <c>{"Regex": …}</c>.</summary>
internal static class PatternReader
{
    public static Pattern Read(Component component)
    {
        var pattern = component.Child("pattern");
        if (pattern.OptionalText("String") is { } literal) return new LiteralPattern(literal);
        var regex = pattern.OptionalText("Regex") ?? throw component.Error("\"pattern\" holds neither \"String\" nor \"Regex\".");
        return OfRegex(regex, component.File);
    }

    /// <summary>A regular expression in Oniguruma's form as hand-written code where that exists.</summary>
    public static Pattern OfRegex(string regex, string file)
    {
        if (KnownPatterns.Find(regex) is { } known) return known;
        try
        {
            return new RegexPattern(regex, RegexTranslator.Translate(regex), file);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw new AttuneException(
                ExitCode.Model, $"{file}: the regular expression {regex} cannot be read: {e.Message}.", inner: e);
        }
    }
}
