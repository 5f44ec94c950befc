using Attune.Data.Batching;
using Attune.Data.Preparation;
using Attune.Training.Running;

namespace Attune.Training.Tests.Running;

public class MicroBatchSizesTests
{
    [Theory]
    [InlineData(70, 1_000_000, 2048)]
    [InlineData(70, 2048, 2048)]
    [InlineData(70, 2047, 1024)]
    [InlineData(70, 600, 512)]
    [InlineData(700, 600, 700)] // preflight stops it
    [InlineData(4096, 1_000_000, 4096)]
    public void The_usual_size_shrinks_to_what_fits_and_to_the_longest_row_at_least(int longest, int room, int chosen) =>
        Assert.Equal(chosen, MicroBatchSizes.Choose(longest, tokens => tokens <= room));

    [Fact]
    public void The_largest_micro_batch_is_that_of_any_step_of_the_run()
    {
        Example[] rows = [.. new[] { 2, 2, 2, 3, 9, 1 }.Select(length => new Example(new int[length], new int[length]))];
        var order = new DataOrder(rows.Length, effectiveBatch: 2, epochs: 1, seed: 0, shuffle: false);
        Assert.Equal(5, MicroBatchSizes.Largest(rows, order, totalSteps: 2, microBatchTokens: 6));
        Assert.Equal(9, MicroBatchSizes.Largest(rows, order, totalSteps: 3, microBatchTokens: 6));
        Assert.Equal(10, MicroBatchSizes.Largest(rows, order, totalSteps: 3, microBatchTokens: 10));
    }
}
