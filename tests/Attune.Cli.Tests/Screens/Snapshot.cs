using System.Text.RegularExpressions;

namespace Attune.Cli.Tests.Screens;

/// <summary>
/// Compares a screen with its expectation, the file <c>name.txt</c> beside the tests, so that a change of a screen is a
/// diff that a reviewer reads. With <c>ATTUNE_UPDATE=1</c> the files are written anew.
/// </summary>
internal static class Snapshot
{
    private static readonly string Folder = Path.Combine(Checkout.Root, "tests/Attune.Cli.Tests/Screens/Expected");

    /// <summary>Requires that a screen is as expected.</summary>
    /// <param name="name">The expectation's name.</param>
    /// <param name="screen">What was printed; spaces at the end of a line do not count.</param>
    /// <param name="varying">What differs from run to run and machine to machine, and what stands for it.</param>
    public static void Matches(string name, string screen, params (string Pattern, string Replacement)[] varying)
    {
        foreach (var (pattern, replacement) in varying)
            screen = Regex.Replace(screen, pattern, replacement, RegexOptions.Multiline, TimeSpan.FromSeconds(10));
        var lines = Lines(screen.Replace('\u001b', '␛').Replace('\r', '␍'));
        var path = Path.Combine(Folder, $"{name}.txt");
        if (Environment.GetEnvironmentVariable("ATTUNE_UPDATE") == "1")
        {
            Directory.CreateDirectory(Folder);
            File.WriteAllText(path, string.Join('\n', lines) + "\n");
            return;
        }

        Assert.True(File.Exists(path), $"There is no expectation {path}: make it with ATTUNE_UPDATE=1 and read it.\n{screen}");
        var expected = Lines(File.ReadAllText(path));
        for (var i = 0; i < Math.Max(lines.Length, expected.Length); i++)
        {
            var (was, now) = (i < expected.Length ? expected[i] : "(end)", i < lines.Length ? lines[i] : "(end)");
            Assert.True(was == now, $"{name}.txt line {i + 1}\nexpected: {was}\nactual:   {now}\nIf the change is meant: ATTUNE_UPDATE=1, and read the diff.\n\n{screen}");
        }
    }

    private static string[] Lines(string text) => [.. text.TrimEnd('\n').Split('\n').Select(line => line.TrimEnd())];
}
