using Attune.Data.Batching;
using CsCheck;

namespace Attune.Data.Tests.Batching;

public class TokenBudgetTests
{
    [Fact]
    public void A_little_too_much_becomes_two_halves_and_no_crumb()
    {
        var sizes = Sizes([.. Enumerable.Repeat(50, 42)], 2048); // 2,100 tokens
        Assert.Equal([1050, 1050], sizes);
        Assert.Equal([1500, 1500, 1800], Sizes([.. Enumerable.Repeat(300, 16)], 2048).Order());
    }

    [Fact]
    public void A_row_above_the_budget_is_alone() =>
        Assert.Equal([(0, 2), (2, 1), (3, 1), (4, 1)], TokenBudget.Cut([3, 4, 20, 11, 2], 10));

    [Fact]
    public void Rows_at_the_budget_are_one_group_and_none_are_none()
    {
        Assert.Equal([(0, 3)], TokenBudget.Cut([3, 4, 3], 10));
        Assert.Empty(TokenBudget.Cut([], 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => TokenBudget.Cut([1], 0));
    }

    /// <summary>Against every way to cut up to nine rows: fewest groups first, then the least sum of squares.</summary>
    [Fact]
    public void No_other_cut_is_better() =>
        Gen.Select(Gen.Int[1, 12].Array[1, 9], Gen.Int[1, 30]).Sample((tokens, budget) =>
        {
            var cut = TokenBudget.Cut(tokens, budget);
            Assert.Equal(Enumerable.Range(0, tokens.Length), cut.SelectMany(group => Enumerable.Range(group.Start, group.Count)));

            var all = from mask in Enumerable.Range(0, 1 << (tokens.Length - 1))
                      let parts = Groups(tokens, mask)
                      where parts.All(part => part.Length == 1 || part.Sum() <= budget)
                      select (parts.Count, parts.Sum(part => part.Sum() * part.Sum()));
            Assert.Equal(all.Min(), (cut.Count, Sizes(tokens, budget).Sum(size => size * size)));
        }, iter: 300, threads: 1);

    /// <summary>A set bit k of the mask cuts before row k + 1.</summary>
    private static List<int[]> Groups(int[] tokens, int mask)
    {
        var groups = new List<int[]>();
        var start = 0;
        for (var row = 1; row <= tokens.Length; row++)
        {
            if (row < tokens.Length && (mask >> (row - 1) & 1) == 0) continue;
            groups.Add(tokens[start..row]);
            start = row;
        }

        return groups;
    }

    private static int[] Sizes(int[] tokens, int budget) =>
        [.. TokenBudget.Cut(tokens, budget).Select(group => tokens.AsSpan(group.Start, group.Count).ToArray().Sum())];
}
