using Attune.Models.Layers;
using Attune.Models.Weights;
using static TorchSharp.torch;

namespace Attune.Models.Tests.Layers;

public class RmsNormTests
{
    [Theory]
    [InlineData(1e-5, "1e-05")]
    [InlineData(1e-6, "1e-06")]
    public void Value_and_gradients_equal_the_reference(double epsilon, string name)
    {
        using var scope = NewDisposeScope();
        using var reference = SafetensorsFile.Open(Goldens.Path("architectures/building-blocks/norms.safetensors"));
        var weight = new Parameter("norm.weight", reference.Load("weight")) { IsTrained = true };
        var x = reference.Load("x").requires_grad_();
        var y = new RmsNorm(weight, epsilon).Forward(x, ScalarType.Float32);
        (y * reference.Load("cotangent")).sum().backward();

        // One sum of 24 terms in another order. The file has the weight's gradient rounded to bfloat16.
        Near("y", y, 1e-5);
        Near("grad_x", x.grad!, 1e-5);
        Near("grad_weight", weight.Value.grad!, 1.0 / 256);

        void Near(string part, Tensor actual, double relative)
        {
            var expected = reference.Load($"llama_rms_norm.eps{name}.{part}");
            var off = ((expected - actual).abs() - (expected.abs() * relative)).max().item<float>();
            Assert.True(off <= 1e-6, $"{part}: off by {off}");
        }
    }

    [Theory]
    [InlineData(1e-5, "1e-05")]
    [InlineData(1e-6, "1e-06")]
    public void In_bfloat16_it_is_at_most_one_unit_from_the_reference(double epsilon, string name)
    {
        using var scope = NewDisposeScope();
        using var reference = SafetensorsFile.Open(Goldens.Path("architectures/building-blocks/norms.safetensors"));
        var weight = new Parameter("norm.weight", reference.Load("weight", ScalarType.BFloat16));
        var y = new RmsNorm(weight, epsilon).Forward(reference.Load("x", ScalarType.BFloat16), ScalarType.BFloat16);
        var expected = reference.Load($"llama_rms_norm.eps{name}.bfloat16.y");

        // The reference rounds before the weight, we once at the end: a unit is at most 2⁻⁷ of the value.
        var off = ((expected - y.to(ScalarType.Float32)).abs() - (expected.abs() / 128)).max().item<float>();
        Assert.True(off <= 0, $"off by {off}");
        Assert.Equal(ScalarType.BFloat16, y.dtype);
    }
}
