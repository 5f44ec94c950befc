namespace Attune.Text.Tokenizers;

/// <summary>
/// Keeps what a file asks for within bounds: a few rewriting stages could otherwise double a text until memory ends.
/// </summary>
internal static class Growth
{
    private const long MostTimes = 64;
    private const long Always = 1024;

    /// <summary>Checks a size against that of the text it came from.</summary>
    /// <exception cref="AttuneException">It is over 64 times as large.</exception>
    public static void Check(long size, long textLength)
    {
        if (size > MostTimes * (textLength + Always))
            throw new AttuneException(ExitCode.Model, $"The tokenizer makes a text more than {MostTimes} times as long: its file is damaged.");
    }
}
