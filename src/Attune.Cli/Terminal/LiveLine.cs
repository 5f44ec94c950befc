using Spectre.Console;

namespace Attune.Cli.Terminal;

/// <summary>One line of a terminal that is rewritten in place. Silent where the output is no terminal.</summary>
internal sealed class LiveLine(IAnsiConsole console)
{
    private const string ClearToEnd = "\u001b[K";

    /// <summary>Whether there is a terminal that can rewrite a line.</summary>
    public bool IsLive { get; } = console.Profile.Capabilities is { Interactive: true, Ansi: true };

    /// <summary>Columns a text may take: one that reaches the last column would make some terminals go on to the next line.</summary>
    public int Width => Math.Max(10, console.Profile.Width - 1);

    /// <summary>Shows a text instead of the last one.</summary>
    public void Show(string text)
    {
        if (!IsLive) return;
        var writer = console.Profile.Out.Writer;
        writer.Write("\r" + (text.Length > Width ? text[..Width] : text) + ClearToEnd);
        writer.Flush();
    }

    /// <summary>Takes the text away; the next line begins in its place.</summary>
    public void Clear() => Show("");
}
