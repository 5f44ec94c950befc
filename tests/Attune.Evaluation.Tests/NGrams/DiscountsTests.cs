using Attune.Evaluation.NGrams;

namespace Attune.Evaluation.Tests.NGrams;

public sealed class DiscountsTests
{
    [Fact]
    public void Estimated_from_how_many_counts_are_1_to_4()
    {
        // n = 8, 4, 2, 1: Y = 8 ÷ (8 + 2·4) = 0.5; D₁ = 1 − 2·0.5·4/8, D₂ = 2 − 3·0.5·2/4, D₃ = 3 − 4·0.5·1/2.
        int[] counts = [.. Repeated(1, 8), .. Repeated(2, 4), .. Repeated(3, 2), .. Repeated(4, 1), 0, 0, 90];
        var found = Discounts.Of(counts);
        Assert.Equal(new Discounts(0.5, 1.25, 2), found);
        Assert.Equal([0, 0.5, 1.25, 2, 2], ((int[])[0, 1, 2, 3, 90]).Select(found.For));
    }

    [Theory]
    [InlineData(8, 4, 2, 0)]  // no count of 4
    [InlineData(0, 4, 2, 1)]
    [InlineData(1, 1, 9, 9)]  // D₂ = 2 − 3·(1/3)·9 would be below 0
    public void Fixed_where_they_cannot_be_estimated(int one, int two, int three, int four) =>
        Assert.Equal(Discounts.OfFewCounts, Discounts.Of([.. Repeated(1, one), .. Repeated(2, two), .. Repeated(3, three), .. Repeated(4, four)]));

    private static IEnumerable<int> Repeated(int count, int times) => Enumerable.Repeat(count, times);
}
