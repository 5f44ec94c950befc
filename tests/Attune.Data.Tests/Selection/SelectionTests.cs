using Attune.Data.Formats;
using Attune.Data.Selection;
using Attune.Data.Sources;
using CsCheck;

namespace Attune.Data.Tests.Selection;

public class SelectionTests
{
    private static readonly Gen<DataRow[]> GenRows =
        Gen.Int[0, 4].Array[5, 120].Select(labels => labels.Select((label, i) => Row(i, $"label {label}")).ToArray());

    [Fact]
    public void A_split_is_a_partition_in_file_order() => Gen.Select(GenRows, Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int).Sample((rows, validation, test, seed) =>
    {
        var split = Splitter.Split(rows, new SplitOptions { Validation = validation, Test = test, Seed = seed });
        Assert.Equal((validation, test), (split.Validation.Count, split.Test.Count));
        Assert.Equal(rows, split.Train.Concat(split.Validation).Concat(split.Test).OrderBy(row => row.Origin.Line));
        Assert.Equal(split.Train.OrderBy(row => row.Origin.Line), split.Train);
    }, iter: 300, threads: 1);

    [Fact]
    public void Every_prefix_of_the_order_is_stratified() => Gen.Select(GenRows, Gen.Int).Sample((rows, seed) =>
    {
        var order = StratifiedOrder.Of(rows, seed);
        var groups = rows.CountBy(row => row.Label!).ToDictionary();
        for (var n = 1; n <= rows.Length; n++)
        {
            var taken = order.Take(n).CountBy(i => rows[i].Label!).ToDictionary();
            foreach (var (label, count) in groups)
            {
                // A place is met within half a row a label; with g labels the prefix's length shifts places by at most g/2 rows.
                var expected = (double)count * n / rows.Length;
                Assert.InRange(taken.GetValueOrDefault(label), expected - 0.5 - (groups.Count * 0.5), expected + 0.5 + (groups.Count * 0.5));
            }
        }
    }, iter: 200, threads: 1);

    [Fact]
    public void A_smaller_limits_rows_are_among_a_larger_ones() => Gen.Select(GenRows, Gen.Int[1, 120], Gen.Int[1, 120], Gen.Int).Sample((rows, a, b, seed) =>
    {
        var small = StratifiedOrder.Take(rows, Math.Min(a, b), seed);
        var large = StratifiedOrder.Take(rows, Math.Max(a, b), seed);
        Assert.Equal(Math.Min(rows.Length, Math.Min(a, b)), small.Count);
        Assert.Subset(large.ToHashSet(), small.ToHashSet());
    }, iter: 300, threads: 1);

    [Fact]
    public void Shares_and_numbers_of_rows_are_both_sizes()
    {
        var rows = Enumerable.Range(0, 200).Select(i => Row(i, i % 4 == 0 ? "a" : "b")).ToArray();
        var split = Splitter.Split(rows, new SplitOptions { Validation = 0.1, Test = 40 });
        Assert.Equal((140, 20, 40), (split.Train.Count, split.Validation.Count, split.Test.Count));
        Assert.Equal(10, split.Test.Count(row => row.Label == "a"));
        Assert.Equal(5, split.Validation.Count(row => row.Label == "a"));
    }

    [Theory]
    [InlineData(-1, ExitCode.Recipe)]
    [InlineData(2.5, ExitCode.Recipe)]
    [InlineData(double.NaN, ExitCode.Recipe)]
    [InlineData(10, ExitCode.Data)]
    public void A_size_that_cannot_be_is_refused(double test, ExitCode code) =>
        Assert.Equal(code, Assert.Throws<AttuneException>(() => Splitter.Split([.. Enumerable.Range(0, 10).Select(i => Row(i, "a"))], new SplitOptions { Test = test })).Code);

    [Fact]
    public void Labels_are_kept_by_frequency_with_ties_by_name_or_by_name()
    {
        DataRow[] rows = [Row(0, "b"), Row(1, "a"), Row(2, "c"), Row(3, "c")];
        Assert.Equal(["a", "c"], LabelFilter.Choose(rows, new LabelSelection { MostFrequent = 2 }));
        Assert.Equal(["b", "c"], LabelFilter.Choose(rows, new LabelSelection { Names = ["c", "b"] }));
        Assert.Equal(["a", "b", "c"], LabelFilter.Choose(rows, new LabelSelection()));
        var e = Assert.Throws<AttuneException>(() => LabelFilter.Choose([Row(0, "card_arrival")], new LabelSelection { Names = ["card_arival"] }));
        Assert.Contains("did you mean 'card_arrival'", e.Message);
    }

    [Fact]
    public void Duplicates_are_counted_within_and_across_parts()
    {
        var overlaps = Duplicates.Count(
        [
            new DataPart("train", [Text(1, "a"), Text(2, "b"), Text(3, "a")]),
            new DataPart("test", [Text(4, "b"), Text(5, "c"), Text(6, "c"), Text(7, "a ")]),
        ]);
        Assert.Equal(
            [("train", "train", 1), ("test", "train", 1), ("test", "test", 1)],
            overlaps.Select(overlap => (overlap.Part, overlap.AlsoIn, overlap.Rows)));
        Assert.Equal((4, 2), (overlaps[1].Examples[0].Row.Line, overlaps[1].Examples[0].Earlier.Line));
    }

    private static DataRow Row(int i, string label) => Text(i, $"text {i}") with { Label = label };

    private static DataRow Text(int line, string text) => new(new RowOrigin("f", line), new TextContent(text));
}
