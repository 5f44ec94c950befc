using Attune.Cli.Terminal.Training;

namespace Attune.Cli.Tests.Screens;

public class StepLineTests
{
    private readonly Reports.Clock _clock = new();

    [Fact]
    public void Before_the_first_step_it_is_empty() => Assert.Equal("", new StepLine(189, _clock).ToString());

    [Fact]
    public void The_first_step_tells_speed_and_time_left_by_itself()
    {
        var line = new StepLine(189, _clock);
        line.Add(Reports.Step(1));
        Assert.Equal("step 1/189  loss 2.346  lr 0  512 tok/s  1.9 GB  6 min 16 s left", line.ToString()); // 188 steps of two seconds
    }

    [Fact]
    public void Time_left_counts_what_lies_between_steps()
    {
        var line = new StepLine(189, _clock);
        for (var step = 1; step <= 9; step++)
        {
            line.Add(Reports.Step(step));
            _clock.Advance(4); // two of the step, two of validations
        }

        line.Add(Reports.Evaluation(9, 0.98765, isBest: true));
        Assert.Equal("step 9/189  loss 2.346  val 0.988  lr 2.0e-4  512 tok/s  1.9 GB  12 min 00 s left", line.ToString());
        Assert.Equal("step 9/189  val 0.988", line.Validation);
    }

    [Fact]
    public void The_last_step_has_no_time_left()
    {
        var line = new StepLine(2, _clock);
        line.Add(Reports.Step(2, loss: 0.01234));
        Assert.Equal("step 2/2  loss 0.0123  lr 2.0e-4  512 tok/s  1.9 GB", line.ToString());
        Assert.Equal(1, line.Share);
    }

    [Theory]
    [InlineData(100, "step 2/189  loss 2.346  val 0.988  lr 2.0e-4  512 tok/s  1.9 GB  6 min 14 s left")]
    [InlineData(72, "step 2/189  loss 2.346  val 0.988  lr 2.0e-4  512 tok/s  6 min 14 s left")]
    [InlineData(64, "step 2/189  loss 2.346  val 0.988  512 tok/s  6 min 14 s left")]
    [InlineData(60, "step 2/189  loss 2.346  val 0.988  6 min 14 s left")]
    [InlineData(30, "step 2/189  loss 2.346")]
    [InlineData(1, "step 2/189")]
    public void In_few_columns_what_matters_least_goes_first(int columns, string expected)
    {
        var line = new StepLine(189, _clock);
        line.Add(Reports.Step(2));
        line.Add(Reports.Evaluation(2, 0.98765, isBest: true));
        Assert.Equal(expected, line.Fit(columns));
    }
}
