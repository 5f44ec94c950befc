namespace Attune.Cli.Terminal;

/// <summary>A text of any kind, a model's words among them, on one line of a screen.</summary>
internal static class OneLine
{
    private const int Longest = 160; // UTF-16 units

    /// <summary>The text without line breaks and control characters, cut where it is long.</summary>
    public static string Of(string text)
    {
        var line = string.Concat(text.ReplaceLineEndings(" ").Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        return line.Length > Longest ? line[..(Longest - 1)] + "…" : line;
    }
}
