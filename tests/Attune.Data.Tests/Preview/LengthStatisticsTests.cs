using Attune.Data.Preview;
using CsCheck;

namespace Attune.Data.Tests.Preview;

public class LengthStatisticsTests
{
    [Fact]
    public void Percentiles_are_lengths_that_occur()
    {
        var statistics = LengthStatistics.Of(Enumerable.Range(1, 200));
        Assert.Equal((1, 100, 180, 198, 200), (statistics.Minimum, statistics.Median, statistics.P90, statistics.P99, statistics.Maximum));
        Assert.Equal(100.5, statistics.Mean, 1e-12);
        var one = LengthStatistics.Of([7]);
        Assert.Equal((7, 7, 7, 7), (one.Minimum, one.Median, one.P99, one.Maximum));
        Assert.Equal([new HistogramBin(7, 7, 1)], one.Histogram);
    }

    [Fact]
    public void The_histogram_holds_every_length_once() => Gen.Int[1, 2000].Array[1, 100].Sample(lengths =>
    {
        var histogram = LengthStatistics.Of(lengths).Histogram;
        Assert.InRange(histogram.Count, 1, 10);
        Assert.Equal(lengths.Length, histogram.Sum(bin => bin.Count));
        Assert.Equal((lengths.Min(), lengths.Max()), (histogram[0].From, histogram[^1].To));
    }, iter: 300, threads: 1);
}
