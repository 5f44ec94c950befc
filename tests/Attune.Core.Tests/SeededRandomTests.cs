namespace Attune.Core.Tests;

public class SeededRandomTests
{
    [Fact]
    public void A_seed_gives_the_same_numbers_for_ever()
    {
        var random = new SeededRandom(42);
        Assert.Equal([1546998764402558742UL, 6990951692964543102UL, 12544586762248559009UL], Enumerable.Range(0, 3).Select(_ => random.NextUInt64()));
    }

    [Fact]
    public void A_restored_state_goes_on_where_it_was_saved()
    {
        var random = new SeededRandom(1);
        for (var i = 0; i < 10; i++) random.NextUInt64();
        var other = new SeededRandom(99) { State = random.State };
        Assert.Equal(random.NextUInt64(), other.NextUInt64());
    }

    [Fact]
    public void Numbers_below_a_bound_are_evenly_spread()
    {
        var random = new SeededRandom(3);
        var counts = new int[7];
        for (var i = 0; i < 70_000; i++) counts[random.Next(7)]++;
        Assert.All(counts, count => Assert.InRange(count, 9_600, 10_400)); // 10,000 ± 4 standard deviations
    }

    [Fact]
    public void A_shuffle_keeps_every_item()
    {
        var items = Enumerable.Range(0, 100).ToArray();
        new SeededRandom(5).Shuffle<int>(items);
        Assert.NotEqual(Enumerable.Range(0, 100), items);
        Assert.Equal(Enumerable.Range(0, 100), items.Order());
    }
}
