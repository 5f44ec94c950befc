using Spectre.Console;

namespace Attune.Cli.Terminal;

/// <summary>How a failure is told: one message, one hint, on standard error; no stack trace for a user's mistake.</summary>
public static class ErrorReport
{
    /// <summary>
    /// The user's side of an exception, or null where it is a fault of Attune: what the machine refused (disk full,
    /// no permission, out of memory) is the environment's, everything an <see cref="AttuneException"/> says is its own.
    /// </summary>
    public static AttuneException? Explain(Exception exception) => exception switch
    {
        AttuneException known => known,
        TypeInitializationException { InnerException: { } inner } => Explain(inner),
        UnauthorizedAccessException => new AttuneException(ExitCode.Environment, exception.Message,
            "Give the current user the right to read or write there, or name another folder.", exception),
        IOException io when IsDiskFull(io) => new AttuneException(ExitCode.Environment, $"The disk is full: {io.Message}",
            "Free some space, or name another output folder; what was complete before is untouched.", exception),
        IOException => new AttuneException(ExitCode.Environment, exception.Message, inner: exception),
        OutOfMemoryException => new AttuneException(ExitCode.Environment, "The machine's memory is used up.",
            "Lower micro_batch_tokens (the numbers stay the same) or max_sequence_length, or take a smaller model.", exception),
        DllNotFoundException or BadImageFormatException or NotSupportedException { Source: "TorchSharp" } =>
            new AttuneException(ExitCode.Environment, $"The torch library does not load: {FirstLine(exception.Message)}",
                "Run: attune doctor", exception),
        OperationCanceledException => new AttuneException(ExitCode.Interrupted, "Stopped.", inner: exception),
        _ => null,
    };

    /// <summary>Writes a user's mistake to standard error.</summary>
    public static void Write(AttuneException error)
    {
        var console = Screen.Error;
        console.MarkupLineInterpolated($"[red]error:[/] {error.Message}");
        if (error.Hint is not null)
            console.MarkupLineInterpolated($"  [yellow]do:[/] {error.Hint}");
    }

    /// <summary>Writes a fault of Attune with what a report needs.</summary>
    public static void WriteInternal(Exception exception)
    {
        Screen.Error.MarkupLineInterpolated($"[red]internal error:[/] {exception.Message}");
        Screen.Error.WriteLine("This is a fault of Attune. Please report it with the following lines and the recipe:");
        Screen.Error.WriteLine(exception.ToString());
    }

    private static bool IsDiskFull(IOException exception) =>
        exception.HResult is unchecked((int)0x80070070) or 28 // ERROR_DISK_FULL, ENOSPC
        || exception.Message.Contains("No space left", StringComparison.Ordinal);

    private static string FirstLine(string text) => text.Split('\n')[0].Trim();
}
