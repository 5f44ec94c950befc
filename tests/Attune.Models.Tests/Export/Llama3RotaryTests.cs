using Attune.Models.Export;
using Attune.Models.Layers;

namespace Attune.Models.Tests.Export;

public class Llama3RotaryTests
{
    [Theory]
    [InlineData(500_000, 32, 8192, 64)] // Llama 3.2
    [InlineData(500_000, 8, 8192, 128)] // Llama 3.1
    [InlineData(10_000, 4, 64, 16)] // a tiny model, with no frequency in the ramp or few
    [InlineData(10_000, 8, 32, 8)]
    public void Settings_are_found_from_their_factors(double theta, double factor, int positions, int headSize)
    {
        var options = new RotaryOptions(theta, RotaryScaling.Llama3) { Factor = factor, OriginalPositions = positions };
        var expected = RotaryFrequencies.Compute(options, headSize, 1);
        var plain = RotaryFrequencies.Compute(new RotaryOptions(theta), headSize, 1);
        var found = Llama3Rotary.Recover([.. plain.Zip(expected, (a, b) => a / b)], theta, "test");
        Assert.Equal(factor, found.Factor, 1e-5);
        var again = RotaryFrequencies.Compute(found, headSize, 1);
        Assert.All(expected.Zip(again), pair => Assert.Equal(pair.First, pair.Second, pair.First * 1e-4)); // rounding of the factors
    }

    [Fact]
    public void Factors_of_another_scaling_are_refused() =>
        Assert.Equal(ExitCode.Model, Assert.Throws<AttuneException>(() => Llama3Rotary.Recover([1, 3, 2, 8], 10_000, "test")).Code);
}
