using Attune.Data.Batching;
using Attune.Data.Preparation;
using Attune.Training.Recipes;
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

    /// <summary>A step needs a byte a token, a tenth of that with layers computed again.</summary>
    [Theory]
    [InlineData(10_000, null, ActivationCheckpointing.Auto, 2048, ActivationCheckpointing.None)]
    [InlineData(1_100, null, ActivationCheckpointing.Auto, 1024, ActivationCheckpointing.None)]
    [InlineData(400, null, ActivationCheckpointing.Auto, 2048, ActivationCheckpointing.Layer)]
    [InlineData(150, null, ActivationCheckpointing.Auto, 1024, ActivationCheckpointing.Layer)]
    [InlineData(400, null, ActivationCheckpointing.None, 500, ActivationCheckpointing.None)]
    [InlineData(10_000, null, ActivationCheckpointing.Layer, 2048, ActivationCheckpointing.Layer)]
    [InlineData(400, 3000, ActivationCheckpointing.Auto, 3000, ActivationCheckpointing.Layer)]
    public void Smaller_micro_batches_come_before_layers_that_are_computed_again(
        int memory, int? given, ActivationCheckpointing checkpointing, int tokens, ActivationCheckpointing expected)
    {
        var recipe = new Recipe { MicroBatchTokens = given, ActivationCheckpointing = checkpointing };
        Assert.Equal((tokens, expected), MicroBatchSizes.Choose(recipe, longest: 500, canRecompute: true, (size, again) => size / (again ? 10 : 1) <= memory));
    }

    [Fact]
    public void What_the_path_cannot_do_is_not_chosen() => Assert.Equal(
        (500, ActivationCheckpointing.None), MicroBatchSizes.Choose(new Recipe(), longest: 500, canRecompute: false, (_, _) => false));
}
