namespace Attune.Core.Tests;

public class NearestNameTests
{
    private static readonly string[] Keys = ["learning_rate", "lr_scheduler", "batch_size", "text", "label"];

    [Theory]
    [InlineData("learning_rat", "learning_rate")]
    [InlineData("Learning_Rate", "learning_rate")]
    [InlineData("lerning_rtae", "learning_rate")]
    [InlineData("labels", "label")]
    [InlineData("tetx", "text")]
    [InlineData("something_else", null)]
    [InlineData("", null)]
    public void The_nearest_name_is_found_or_none(string typed, string? expected) =>
        Assert.Equal(expected, NearestName.Of(typed, Keys));
}
