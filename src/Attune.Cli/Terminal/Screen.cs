using Spectre.Console;

namespace Attune.Cli.Terminal;

/// <summary>The two consoles of the program. NO_COLOR is honoured; output that is no terminal gets plain lines.</summary>
public static class Screen
{
    /// <summary>What the user asked for.</summary>
    public static IAnsiConsole Out { get; } = Create(Console.Out, Console.IsOutputRedirected);

    /// <summary>Errors, warnings, progress of commands whose output may be piped.</summary>
    public static IAnsiConsole Error { get; } = Create(Console.Error, Console.IsErrorRedirected);

    /// <summary>Tells the user, beside what was asked for, what happened otherwise than expected.</summary>
    /// <param name="text">A sentence.</param>
    public static void Notice(string text) => Error.MarkupLineInterpolated($"[yellow]note:[/] {text}");

    /// <summary>A console that writes to <paramref name="writer"/>; plain when redirected.</summary>
    public static IAnsiConsole Create(TextWriter writer, bool redirected)
    {
        var colour = !redirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = colour ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = redirected ? InteractionSupport.No : InteractionSupport.Detect,
            Out = new AnsiConsoleOutput(writer),
        });
        // A file or a pipe has no width: lines are never folded there.
        if (redirected) console.Profile.Width = 10_000;
        return console;
    }
}
