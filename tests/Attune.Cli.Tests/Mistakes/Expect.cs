namespace Attune.Cli.Tests.Mistakes;

internal static class Expect
{
    /// <summary>One clear message with these words, the documented exit code, and no stack trace.</summary>
    public static void Mistake(AttuneProcess.Result result, ExitCode code, params string[] words)
    {
        Assert.True((int)code == result.ExitCode, $"exit code {result.ExitCode}, expected {(int)code}\n{result.Error}{result.Output}");
        Assert.Equal(1, result.Error.Split('\n').Count(line => line.StartsWith("error:", StringComparison.Ordinal)));
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        foreach (var word in words) Assert.Contains(word, result.Error, StringComparison.Ordinal);
    }
}
