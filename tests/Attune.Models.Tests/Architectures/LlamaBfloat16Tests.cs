using Attune.Models.Batches;
using Attune.Models.Numerics;
using static TorchSharp.torch;

namespace Attune.Models.Tests.Architectures;

/// <summary>
/// bf16 against fp32: the size of the noise, not its elements, since kernels differ. The random model amplifies it: the
/// reference itself is off by rms 0.06 on logits of rms 1.6, gradients by 6 %.
/// </summary>
public class LlamaBfloat16Tests
{
    [Fact]
    public void Logits_differ_from_fp32_no_more_than_twice_what_the_reference_s_do()
    {
        NeedsUnits();
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var golden = new LlamaGolden("llama-tied", ScalarType.BFloat16);
        foreach (var name in (string[])["a", "b"])
        {
            var exact = golden.Real(name, "logits");
            var noise = TensorAssert.RmsDifference(exact, golden.Real(name, "logits", prefix: "bf16."));
            var ours = TensorAssert.RmsDifference(exact, golden.Decoder.Logits(golden.Decoder.Forward(golden.Batch(name))));
            Assert.InRange(ours, 0.1 * noise, 2 * noise);
        }
    }

    [Fact]
    public void Gradients_of_fp32_masters_differ_no_more_than_twice_what_the_reference_s_do()
    {
        NeedsUnits();
        using var scope = NewDisposeScope();
        using var golden = new LlamaGolden("llama-tied", ScalarType.BFloat16);
        foreach (var parameter in golden.Decoder.Parameters)
        {
            parameter.Value = parameter.Value.to(ScalarType.Float32, copy: true);
            parameter.IsTrained = true;
        }

        golden.Loss("b", golden.Decoder.Forward(golden.Batch("b"))).backward();
        double difference = 0, norm = 0;
        foreach (var parameter in golden.Decoder.Parameters)
        {
            var expected = golden.Tensor($"b.grad.{parameter.Name}");
            Assert.Equal(ScalarType.Float32, parameter.Value.grad!.dtype);
            difference += (expected - parameter.Value.grad!).pow(2).sum().item<float>();
            norm += expected.pow(2).sum().item<float>();
        }

        var recorded = (double)golden.Json["bf16"]!["weights_cast_to_bfloat16"]!["b_gradient_relative_l2_difference_to_fp32"]!;
        Assert.InRange(Math.Sqrt(difference / norm), 0.1 * recorded, 2 * recorded);
    }

    [Fact]
    public void Long_samples_which_the_flash_kernel_attends_have_the_noise_of_short_ones()
    {
        NeedsUnits();
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var exact = new LlamaGolden("llama-tied");
        using var rounded = new LlamaGolden("llama-tied", ScalarType.BFloat16);
        var random = new SeededRandom(1);
        int[] ids = [.. Enumerable.Range(0, 600).Select(_ => random.Next(131))];
        var ofLong = Noise(ids);
        var ofShort = Noise(ids[..200]);
        Assert.InRange(ofLong, 0.5 * ofShort, 2 * ofShort);   // the first 200 tokens are the same

        double Noise(int[] sample) => TensorAssert.RmsDifference(
            exact.Decoder.Forward(PackedBatch.Of(sample))[..200], rounded.Decoder.Forward(PackedBatch.Of(sample))[..200]);
    }

    [Fact]
    public void Matrices_are_kept_in_bf16_and_norms_in_fp32()
    {
        using var golden = new LlamaGolden("llama-tied", ScalarType.BFloat16);
        foreach (var parameter in golden.Decoder.Parameters)
            Assert.Equal(parameter.Name.Contains("norm") ? ScalarType.Float32 : ScalarType.BFloat16, parameter.Value.dtype);
    }

    [Fact]
    public void The_hidden_states_are_bf16_and_the_logits_fp32()
    {
        using var scope = NewDisposeScope();
        using var golden = new LlamaGolden("llama-tied", ScalarType.BFloat16);
        var hidden = golden.Decoder.Forward(PackedBatch.Of([1, 2, 3]));
        Assert.Equal(ScalarType.BFloat16, hidden.dtype);
        Assert.Equal(ScalarType.Float32, golden.Decoder.Logits(hidden).dtype);
    }

    private static void NeedsUnits()
    {
        if (ProductSpeeds.OfThisMachine.Torch.Best != ScalarType.BFloat16) Assert.Skip("This processor has no units for bf16 products.");
    }
}
