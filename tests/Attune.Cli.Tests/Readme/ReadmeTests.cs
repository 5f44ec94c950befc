namespace Attune.Cli.Tests.Readme;

/// <summary>What the README tells a user to type can be typed.</summary>
public sealed class ReadmeTests(CleanClone clone) : IClassFixture<CleanClone>
{
    public static TheoryData<string> Commands => [.. ReadmeCommands.InReadme];

    [Fact]
    public void Every_command_is_covered()
    {
        Assert.Contains("quickstart", ReadmeCommands.InReadme);
        Assert.All(ReadmeCommands.InReadme, command => Assert.True(
            ReadmeCommands.Of(command) is not null, $"README.md has the command ./attune {command}: say in {nameof(ReadmeCommands)} what is run for it."));
        Assert.Empty(ReadmeCommands.Left);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Its_words_are_a_command_line(string command) =>
        Assert.Empty(AttuneCommand.Create().Parse([.. command.Split(' ')]).Errors);

    [Theory]
    [MemberData(nameof(Commands))]
    public void It_runs_in_a_clean_clone(string command)
    {
        Goldens.OnlyInFullRun("clones the checkout and builds the clone");
        var filled = ReadmeCommands.Of(command);
        Assert.NotNull(filled);
        if (filled.Needs is { } path && !Path.Exists(Path.Combine(Checkout.Root, path))) Assert.Skip($"{path} is not in this checkout yet.");
        var result = clone.Attune(filled);
        Assert.True(result.ExitCode == 0, $"exit code {result.ExitCode}\n{result.Output}{result.Error}");
    }

    [Fact]
    public void The_script_tells_how_long_it_built_and_later_starts_at_once()
    {
        Goldens.OnlyInFullRun("clones the checkout and builds the clone");
        Assert.Matches(@"attune: built in \d+ s\n", clone.First.Error);
        Assert.Equal("", clone.Attune(new ReadmeCommand(["run", "list"])).Error);
    }
}
