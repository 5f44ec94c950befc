using Attune.Kernels.Memory;
using Attune.Kernels.Products;
using Attune.Models.Numerics;
using static TorchSharp.torch;

namespace Attune.Models.Tests.Numerics;

public class ProductSpeedsTests
{
    [Theory]
    [InlineData(126e9, 0.9e9, ScalarType.Float32)]    // AVX2, no bf16 units
    [InlineData(180e9, 400e9, ScalarType.BFloat16)]
    [InlineData(100e9, 100e9, ScalarType.BFloat16)]   // half the memory decides
    [InlineData(100e9, null, ScalarType.Float32)]
    public void The_faster_type_is_chosen(double float32, double? bfloat16, ScalarType expected) =>
        Assert.Equal(expected, new TypeSpeeds(float32, bfloat16).Best);

    [Theory]
    [InlineData(400e9, 500e9, ScalarType.BFloat16, "not slower")]
    [InlineData(400e9, null, ScalarType.Float32, "no bfloat16 kernel")]  // however fast torch is
    [InlineData(400e9, 200e9, ScalarType.Float32, "bfloat16 is slower")]
    [InlineData(0.9e9, 500e9, ScalarType.Float32, "bfloat16 is slower")] // the evaluation would not end
    public void Bf16_is_chosen_where_neither_torch_nor_the_kernels_are_slower_in_it(double torch, double? kernels, ScalarType expected, string reason)
    {
        var speeds = new ProductSpeeds(new TypeSpeeds(110e9, torch), new TypeSpeeds(250e9, kernels));
        Assert.Equal(expected, speeds.Best);
        Assert.Contains(reason, speeds.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_measurement_is_made_once_and_lies_between_a_scalar_loop_and_a_large_machine()
    {
        var threads = get_num_threads();
        var speeds = ProductSpeeds.OfThisMachine;
        Assert.InRange(speeds.Torch.Float32, 1e8, 1e14);
        Assert.InRange(speeds.Torch.BFloat16!.Value, 1e7, 1e15);
        Assert.InRange(speeds.Kernels.Float32, 1e8, 1e14);
        if (ProductKernel.Of(ElementType.BFloat16) is null) Assert.Null(speeds.Kernels.BFloat16);
        else Assert.InRange(speeds.Kernels.BFloat16!.Value, 1e8, 1e15);
        Assert.Same(speeds, ProductSpeeds.OfThisMachine);
        Assert.Equal(threads, get_num_threads());
    }
}
