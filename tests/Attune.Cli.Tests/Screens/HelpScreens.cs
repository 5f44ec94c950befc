using System.CommandLine;

namespace Attune.Cli.Tests.Screens;

public class HelpScreens
{
    [Theory]
    [InlineData("quickstart")]
    [InlineData("train")]
    [InlineData("pretrain")]
    [InlineData("data")]
    [InlineData("data preview")]
    [InlineData("evaluate")]
    [InlineData("generate")]
    [InlineData("chat")]
    [InlineData("merge")]
    [InlineData("run")]
    [InlineData("run list")]
    [InlineData("run show")]
    [InlineData("doctor")]
    public void The_help_of_a_verb_ends_with_examples(string verb)
    {
        var root = new Command("attune");
        foreach (var one in AttuneCommand.Verbs()) root.Subcommands.Add(one);
        using var output = new StringWriter();
        var code = root.Parse([.. verb.Split(' '), "--help"]).Invoke(new InvocationConfiguration { Output = output });
        Assert.Equal(0, code);
        var help = output.ToString();
        Assert.Contains($"Examples:\n  attune {verb}", help, StringComparison.Ordinal);
        Snapshot.Matches($"help-{verb.Replace(' ', '-')}", help);
    }

    [Theory]
    [InlineData("merge", "--help")] // which lacks a run and an output folder
    [InlineData("run", "show", "-h")]
    public void Help_is_shown_whatever_else_is_missing(params string[] words)
    {
        var result = AttuneProcess.Run(words);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("Examples:", result.Output, StringComparison.Ordinal);
        Assert.Equal("", result.Error);
    }

    [Fact]
    public void The_first_page()
    {
        var result = AttuneProcess.Run(["--help"]);
        Assert.Equal(0, result.ExitCode);
        Snapshot.Matches("help", result.Output);
    }

    [Fact]
    public void The_version_is_one_line() => Assert.Matches(@"^\d+\.\d+\.\d+[^\s]*\n$", AttuneProcess.Run(["--version"]).Output);
}
