using Attune.Models.Adapters.Lora;
using Attune.Models.Architectures;
using Attune.Models.Fused;
using static Attune.Models.Tests.Fused.Twins;
using static TorchSharp.torch;

namespace Attune.Models.Tests.Fused;

/// <summary>The model's own weights trained on the fused path, against the plain one.</summary>
public sealed class TrainedWeightsTests
{
    [Theory]
    [MemberData(nameof(FusedDecoderTests.Shapes), MemberType = typeof(FusedDecoderTests))]
    public void All_gradients_equal_autograd_in_fp32(int hidden, int inner, int heads, int shared, int headSize, int layers, int vocabulary, int rank, int[] lengths)
    {
        // The rank is of no use here; even ones have biases.
        var config = Config(hidden, inner, heads, shared, headSize, layers, vocabulary) with { AttentionBias = rank % 2 == 0, MlpBias = rank % 4 == 0, PaddingId = 3 };
        using var plain = RandomDecoder.CreateTrained(config, ScalarType.Float32, _ => true);
        using var same = RandomDecoder.CreateTrained(config, ScalarType.Float32, _ => true);
        AssertEqual(plain, same, lengths, 1e-5);
    }

    [Theory]
    [MemberData(nameof(FusedDecoderTests.Shapes), MemberType = typeof(FusedDecoderTests))]
    public void The_error_in_bf16_is_at_most_one_and_a_half_times_that_of_the_plain_path(
        int hidden, int inner, int heads, int shared, int headSize, int layers, int vocabulary, int rank, int[] lengths)
    {
        var config = Config(hidden, inner, heads, shared, headSize, layers, vocabulary) with { AttentionBias = rank % 2 == 0 };
        using var exact = RandomDecoder.CreateTrained(config, ScalarType.Float32, _ => true);
        using var plain = RandomDecoder.CreateTrained(config, ScalarType.BFloat16, _ => true);
        using var same = RandomDecoder.CreateTrained(config, ScalarType.BFloat16, _ => true);
        using var fused = FusedDecoder.Create(same, threads: 2);
        Assert.SkipWhen(fused is null, "no bf16 unit");
        var batch = Batch(lengths, vocabulary);
        Plain(exact, batch);
        Plain(plain, batch);
        fused.Backward(batch.Packed, batch.Positions, batch.Labels, Weight);
        var truth = RandomDecoder.Trained(exact).SelectMany(Gradient).ToArray();
        var error = Rms(truth, [.. RandomDecoder.Trained(same).SelectMany(Gradient)]);
        Assert.InRange(error, 0, 1.5 * Rms(truth, [.. RandomDecoder.Trained(plain).SelectMany(Gradient)]));
    }

    [Theory]
    [InlineData("layers.1.", false)]
    [InlineData("norm", true)]
    [InlineData("layers.1.input_layernorm", false)]
    [InlineData("layers.0.mlp.down_proj", true)]
    [InlineData("embed_tokens", false)]
    [InlineData("lm_head", false)]
    [InlineData("self_attn.k_proj.bias", false)]
    public void Any_choice_of_weights_can_be_trained(string part, bool isTied)
    {
        var config = Config(32, 48, 4, 2, 8, 3, 64) with { TiedHead = isTied, AttentionBias = true };
        using var plain = RandomDecoder.CreateTrained(config, ScalarType.Float32, name => name.Contains(part, StringComparison.Ordinal));
        using var same = RandomDecoder.CreateTrained(config, ScalarType.Float32, name => name.Contains(part, StringComparison.Ordinal));
        AssertEqual(plain, same, [6, 11], 1e-5);
    }

    [Fact]
    public void Adapters_and_copies_are_trained_together()
    {
        var options = Options(4) with { TargetModules = ["all-linear"], ModulesToSave = ["embed_tokens", "lm_head", "norm"] };
        var config = Config(32, 48, 4, 2, 8, 2, 64);
        using var plain = RandomDecoder.Create(config, ScalarType.Float32, options);
        using var same = RandomDecoder.Create(config, ScalarType.Float32, options);
        AssertEqual(plain, same, [6, 11], 1e-5);
    }

    [Fact]
    public void Gradients_do_not_depend_on_the_number_of_threads()
    {
        var config = Config(64, 96, 4, 2, 16, 2, 100);
        var batch = Batch([50, 70, 33], 100);
        float[] Run(int threads)
        {
            using var decoder = RandomDecoder.CreateTrained(config, ScalarType.Float32, _ => true);
            using var fused = FusedDecoder.Create(decoder, threads)!;
            fused.Backward(batch.Packed, batch.Positions, batch.Labels, Weight);
            return [.. RandomDecoder.Trained(decoder).SelectMany(Gradient)];
        }

        Assert.Equal(Run(1), Run(3));
    }
}
