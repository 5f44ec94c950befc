namespace Attune;

/// <summary>
/// A mistake in what Attune was given, told to the user without a stack trace. The message names the file, line and
/// key, what was found and what was expected; <see cref="Hint"/> says what to do.
/// </summary>
/// <param name="code">The exit code the command ends with.</param>
/// <param name="message">One or two sentences: where, what was found, what was expected.</param>
/// <param name="hint">What to do about it; null where the message already says it.</param>
/// <param name="inner">The cause, kept for <c>--verbose</c>.</param>
public sealed class AttuneException(ExitCode code, string message, string? hint = null, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>The exit code the command ends with.</summary>
    public ExitCode Code { get; } = code;

    /// <summary>What to do about it.</summary>
    public string? Hint { get; } = hint;
}
