using System.Text.Json.Nodes;
using Attune.Training.Optimizers;
using static TorchSharp.torch;

namespace Attune.Training.Tests.Optimizers;

public class GradientNormTests
{
    /// <summary>1e-6 relative: fp32 sums in another order. A missing index is a gradient that is none.</summary>
    [Theory]
    [InlineData("large")]
    [InlineData("small")]
    [InlineData("zero")]
    [InlineData("one_missing")]
    [InlineData("norm_exactly_one")]
    [InlineData("one_nan")]
    [InlineData("one_inf")]
    public void Norm_and_clipped_gradients_equal_the_reference(string variant)
    {
        using var scope = NewDisposeScope();
        var expected = JsonNode.Parse(File.ReadAllText(Goldens.Path("optimizers/clipping.json")))!["cases"]![$"{variant}/norm_2"]!["returned_norm"]!;
        var tensors = Tensors.Of(Goldens.Path("optimizers/clipping.safetensors"));
        var before = Enumerable.Range(0, 3).Select(i => tensors.GetValueOrDefault($"{variant}/before/{i}")).ToArray();
        var trained = before.Select((gradient, i) => new TrainedTensor($"{i}", WithGradient(gradient))).ToArray();

        var norm = GradientNorm.Of(trained);
        var factor = GradientNorm.ClipFactor(norm, 1);

        Assert.True(norm.Equals(Number(expected)) || Math.Abs(norm - Number(expected)) <= 1e-6 * Number(expected), $"{norm} instead of {expected}");
        var compared = 0;
        for (var i = 0; i < 3; i++)
        {
            if (before[i] is not { } gradient) continue;
            Assert.InRange(Tensors.Distance(gradient * (float)factor, tensors[$"{variant}/norm_2/{i}"], relative: 1e-6), double.MinValue, 0);
            compared++;
        }

        Assert.Equal(variant == "one_missing" ? 2 : 3, compared);
    }

    [Fact]
    public void A_maximum_of_zero_switches_clipping_off() => Assert.Equal(1, GradientNorm.ClipFactor(1e9, 0));

    [Fact]
    public void The_norm_of_many_small_numbers_does_not_drift()
    {
        using var scope = NewDisposeScope();
        var trained = new TrainedTensor("x", WithGradient(full(3_000_001, 0.1f)));
        Assert.Equal(Math.Sqrt(3_000_001) * 0.1f, GradientNorm.Of([trained]), 1e-4); // 173.2: 6e-7 relative
    }

    private static Tensor WithGradient(Tensor? gradient)
    {
        var value = (gradient is null ? zeros(1) : zeros_like(gradient)).requires_grad_();
        if (gradient is not null) value.grad = gradient;
        return value;
    }

    private static double Number(JsonNode node) => node.GetValueKind() == System.Text.Json.JsonValueKind.String
        ? double.Parse(node.ToString(), System.Globalization.CultureInfo.InvariantCulture)
        : (double)node;
}
