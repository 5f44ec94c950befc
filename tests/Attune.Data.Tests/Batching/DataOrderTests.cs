using Attune.Data.Batching;
using Attune.Data.Preparation;
using CsCheck;

namespace Attune.Data.Tests.Batching;

public class DataOrderTests
{
    [Fact]
    public void Every_epoch_takes_every_example_once_and_keeps_the_short_last_batch() =>
        Gen.Select(Gen.Int[1, 60], Gen.Int[1, 17], Gen.Int[1, 3], Gen.Long).Sample((examples, batch, epochs, seed) =>
        {
            var order = new DataOrder(examples, batch, epochs, seed);
            Assert.Equal((int)Math.Ceiling((double)examples / batch) * epochs, order.TotalSteps);
            for (var epoch = 0; epoch < epochs; epoch++)
            {
                var rows = Enumerable.Range((epoch * order.StepsPerEpoch) + 1, order.StepsPerEpoch).SelectMany(order.RowsOfStep);
                Assert.Equal(Enumerable.Range(0, examples), rows.Order());
            }
        }, iter: 200, threads: 1);

    [Fact]
    public void A_step_is_the_same_whatever_was_asked_before()
    {
        var straight = new DataOrder(100, 8, 3, 42);
        var steps = Enumerable.Range(1, straight.TotalSteps).Select(straight.RowsOfStep).ToArray();
        for (var step = straight.TotalSteps; step >= 1; step--)
            Assert.Equal(steps[step - 1], new DataOrder(100, 8, 3, 42).RowsOfStep(step));
    }

    [Fact]
    public void Epochs_and_seeds_have_orders_of_their_own()
    {
        var orders = Enumerable.Range(0, 5).SelectMany(seed => new[] { 1, 2, 3 }.Select(step => string.Join(' ', new DataOrder(50, 50, 3, seed).RowsOfStep(step))));
        Assert.Equal(15, orders.Distinct().Count());
        Assert.Equal(Enumerable.Range(0, 50), new DataOrder(50, 50, 3, 0, shuffle: false).RowsOfStep(2));
    }

    [Fact]
    public void The_order_of_a_seed_never_changes() =>
        Assert.Equal("0 1 3 7 2 6 5 4", string.Join(' ', new DataOrder(8, 8, 1, 42).RowsOfStep(1)));

    [Theory]
    [InlineData(1, 20)]
    [InlineData(11, 7)]
    [InlineData(30, 2)]
    [InlineData(100, 1)]
    public void Rows_in_their_order_are_the_same_however_they_are_cut(int tokens, int count)
    {
        var examples = Enumerable.Range(0, 20).Select(i => new Example([i, i, i], [i, i, -100])).ToArray();
        var batches = MicroBatching.Cut(examples, tokens);
        Assert.Equal(examples.SelectMany(example => example.TokenIds), batches.SelectMany(batch => batch.TokenIds));
        Assert.Equal(count, batches.Count);
        Assert.Equal(20, batches.Sum(batch => batch.LabelTokens));
    }

    [Fact]
    public void The_first_label_of_every_sample_never_counts()
    {
        var batch = MicroBatch.Of([new Example([10, 11, 12, 13], [-100, 11, -100, 13]), new Example([20, 21], [20, -100]), new Example([30, 31, 32], [30, 31, 32])]);
        Assert.Equal([10, 11, 12, 13, 20, 21, 30, 31, 32], batch.TokenIds);
        Assert.Equal([-100, 11, -100, 13, -100, -100, -100, 31, 32], batch.Labels);
        Assert.Equal([4, 2, 3], batch.Lengths);
        Assert.Equal(4, batch.LabelTokens);
    }
}
