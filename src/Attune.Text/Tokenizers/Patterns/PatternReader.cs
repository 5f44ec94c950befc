namespace Attune.Text.Tokenizers.Patterns;

/// <summary>Reads "pattern" of a component: <c>{"String": …}</c> or <c>{"Regex": …}</c>.</summary>
internal static class PatternReader
{
    public static Pattern Read(Component component)
    {
        var pattern = component.Child("pattern");
        if (pattern.OptionalText("String") is { } literal) return new LiteralPattern(literal);
        var regex = pattern.OptionalText("Regex") ?? throw component.Error("\"pattern\" holds neither \"String\" nor \"Regex\".");
        return KnownPatterns.Find(regex) ?? throw pattern.Error($"the regular expression {regex} is not supported.");
    }
}
