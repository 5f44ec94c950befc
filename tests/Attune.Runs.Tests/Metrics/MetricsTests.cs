using Attune.Runs.Metrics;

namespace Attune.Runs.Tests.Metrics;

public sealed class MetricsTests : IDisposable
{
    private readonly RunFolder _folder = new();

    private string LogPath => _folder.Run.MetricsPath;

    [Fact]
    public void A_row_is_one_json_object_a_line()
    {
        using (var log = Open()) log.Append(1, (MetricNames.Loss, 2.5), (MetricNames.LearningRate, 2e-4), ("train_tokens_per_second", 300));
        Assert.Equal("""{"step":1,"time":1795444330,"loss":2.5,"learning_rate":0.0002,"train_tokens_per_second":300}""" + "\n", File.ReadAllText(LogPath));
    }

    [Fact]
    public void Others_see_a_row_while_the_run_goes_on()
    {
        using var log = Open();
        log.Append(1, (MetricNames.Loss, 2));
        Assert.Equal(2, MetricsFile.Read(LogPath).Single().Values[MetricNames.Loss]);
    }

    [Fact]
    public void Numbers_that_json_does_not_have_are_texts()
    {
        using (var log = Open()) log.Append(1, (MetricNames.Loss, double.NaN), (MetricNames.GradNorm, double.PositiveInfinity), ("low", double.NegativeInfinity));
        Assert.Contains("\"loss\":\"NaN\",\"grad_norm\":\"Infinity\",\"low\":\"-Infinity\"", File.ReadAllText(LogPath));
        var values = MetricsFile.Read(LogPath).Single().Values;
        Assert.True(double.IsNaN(values[MetricNames.Loss]));
        Assert.Equal((double.PositiveInfinity, double.NegativeInfinity), (values[MetricNames.GradNorm], values["low"]));
    }

    [Fact]
    public void A_steps_training_and_validation_rows_are_one_and_the_last_value_counts()
    {
        using (var log = Open())
        {
            log.Append(1, (MetricNames.Loss, 3));
            log.Append(1, (MetricNames.EvalLoss, 4));
            log.Append(2, (MetricNames.Loss, 2));
            log.Append(1, (MetricNames.Loss, 3.5));
        }

        var rows = MetricsFile.Read(LogPath);
        Assert.Equal([1, 2], rows.Select(row => row.Step));
        Assert.Equal((3.5, 4.0), (rows[0].Values[MetricNames.Loss], rows[0].Values[MetricNames.EvalLoss]));
    }

    [Fact]
    public void A_resumed_run_says_so_and_what_came_after_its_checkpoint_is_forgotten()
    {
        using (var log = Open())
            for (var step = 1; step <= 5; step++) log.Append(step, (MetricNames.Loss, step));
        using (var log = Open())
        {
            log.AppendResumed(3, "step-000003");
            log.Append(4, (MetricNames.Loss, 40));
        }

        Assert.Contains("\"step\":3,\"time\":1795444330,\"resumed_from\":\"step-000003\"", File.ReadAllText(LogPath));
        Assert.Equal([1.0, 2, 3, 40], MetricsFile.Read(LogPath).Select(row => row.Values[MetricNames.Loss]));
    }

    [Fact]
    public void Every_torn_end_is_passed_over_by_readers_and_cut_off_at_reopening()
    {
        using (var log = Open())
        {
            log.Append(1, (MetricNames.Loss, 1));
            log.Append(2, (MetricNames.Loss, 2));
        }

        var whole = File.ReadAllBytes(LogPath);
        var first = Array.IndexOf(whole, (byte)'\n') + 1;
        for (var length = 0; length <= whole.Length; length++)
        {
            File.WriteAllBytes(LogPath, whole[..length]);
            var expected = length == whole.Length ? 2 : length >= first ? 1 : 0;
            Assert.Equal(expected, MetricsFile.Read(LogPath).Count);
            using (var log = Open()) log.Append(9, (MetricNames.Loss, 9));
            Assert.Equal(expected + 1, MetricsFile.Read(LogPath).Count);
        }
    }

    [Fact]
    public void A_torn_end_of_any_length_is_found()
    {
        File.WriteAllText(LogPath, "{\"step\":1}\n" + new string('\0', 200_000));
        Open().Dispose();
        Assert.Equal("{\"step\":1}\n", File.ReadAllText(LogPath));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[1]")]
    [InlineData("{\"loss\":1}")]
    [InlineData("{\"step\":\"NaN\"}")]
    [InlineData("{\"step\":1,\"step\":2}")]
    public void A_damaged_row_in_the_middle_is_told_with_its_line(string row)
    {
        File.WriteAllText(LogPath, $"{{\"step\":1}}\n{row}\n{{\"step\":2}}\n");
        var error = Assert.Throws<AttuneException>(() => MetricsFile.Read(LogPath));
        Assert.Equal(ExitCode.Run, error.Code);
        Assert.StartsWith($"{LogPath}:2: damaged: ", error.Message);
    }

    [Fact]
    public void A_missing_file_has_no_rows() => Assert.Empty(MetricsFile.Read(LogPath));

    public void Dispose() => _folder.Dispose();

    private MetricsLog Open() => MetricsLog.Open(LogPath, new RunFolder.FixedClock());
}
