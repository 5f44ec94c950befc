using Attune.Models.Numerics;
using static TorchSharp.torch;

namespace Attune.Models.Tests.Numerics;

public class ProductSpeedsTests
{
    [Theory]
    [InlineData(126e9, 0.9e9, ScalarType.Float32)]    // AVX2, no bf16 units
    [InlineData(180e9, 400e9, ScalarType.BFloat16)]
    [InlineData(100e9, 100e9, ScalarType.BFloat16)]   // half the memory decides
    public void The_faster_type_is_chosen(double float32, double bfloat16, ScalarType expected) =>
        Assert.Equal(expected, new ProductSpeeds(float32, bfloat16).Best);

    [Fact]
    public void A_measurement_is_made_once_and_lies_between_a_scalar_loop_and_a_large_machine()
    {
        var speeds = ProductSpeeds.OfThisMachine;
        Assert.InRange(speeds.Float32, 1e8, 1e14);
        Assert.InRange(speeds.BFloat16, 1e7, 1e15);
        Assert.Same(speeds, ProductSpeeds.OfThisMachine);
    }
}
