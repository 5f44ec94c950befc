using Attune.Models.Fused;
using static Attune.Models.Tests.Fused.Twins;
using static TorchSharp.torch;

namespace Attune.Models.Tests.Fused;

/// <summary>The fused path against its twin, the decoder's own forward pass and autograd.</summary>
public sealed class FusedDecoderTests
{
    // hidden, inner, heads, key/value heads, head size, layers, vocabulary, rank, lengths
    public static TheoryData<int, int, int, int, int, int, int, int, int[]> Shapes => new()
    {
        { 64, 96, 4, 2, 16, 2, 100, 8, [5, 9, 3] },
        { 30, 37, 3, 1, 10, 2, 53, 3, [1] },
        { 30, 37, 3, 3, 6, 3, 53, 1, [1, 2, 1, 7] },
        { 48, 144, 1, 1, 48, 1, 49, 16, [17] },
        { 96, 100, 6, 3, 64, 2, 131, 50, [75, 30, 120, 31] },
        { 32, 64, 2, 1, 16, 2, 64, 4, [301] },
        { 32, 64, 2, 2, 16, 1, 64, 4, [600, 65, 241] },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Losses_and_gradients_equal_autograd_in_fp32(int hidden, int inner, int heads, int shared, int headSize, int layers, int vocabulary, int rank, int[] lengths)
    {
        var config = Config(hidden, inner, heads, shared, headSize, layers, vocabulary);
        using var plain = RandomDecoder.Create(config, ScalarType.Float32, Options(rank));
        using var same = RandomDecoder.Create(config, ScalarType.Float32, Options(rank));
        using var fused = FusedDecoder.Create(same, threads: 2)!;
        var batch = Batch(lengths, vocabulary);

        var expected = Plain(plain, batch);
        var losses = fused.Backward(batch.Packed, batch.Positions, batch.Labels, Weight);
        Assert.Equal(0, Difference(expected, losses), 1e-5);
        AssertGradients(plain, same, 1e-5);

        // A second micro-batch is added to the first, and buffers that were larger do no harm.
        var second = Batch([4, 2], vocabulary);
        Plain(plain, second);
        fused.Backward(second.Packed, second.Positions, second.Labels, Weight);
        AssertGradients(plain, same, 1e-5);
        Assert.Equal(0, Difference(Plain(plain, second), fused.Losses(second.Packed, second.Positions, second.Labels)), 1e-5);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_error_in_bf16_is_at_most_one_and_a_half_times_that_of_the_plain_path(
        int hidden, int inner, int heads, int shared, int headSize, int layers, int vocabulary, int rank, int[] lengths)
    {
        var config = Config(hidden, inner, heads, shared, headSize, layers, vocabulary);
        using var exact = RandomDecoder.Create(config, ScalarType.Float32, Options(rank));
        using var plain = RandomDecoder.Create(config, ScalarType.BFloat16, Options(rank));
        using var same = RandomDecoder.Create(config, ScalarType.BFloat16, Options(rank));
        using var fused = FusedDecoder.Create(same, threads: 2);
        Assert.SkipWhen(fused is null, "no bf16 unit");
        var batch = Batch(lengths, vocabulary);

        var (expected, ofPlain) = (Plain(exact, batch), Plain(plain, batch));
        var ofFused = fused.Backward(batch.Packed, batch.Positions, batch.Labels, Weight);
        Assert.InRange(Rms(expected, ofFused), 0, (1.5 * Rms(expected, ofPlain)) + 1e-6);

        // Over all gradients together: of one small tensor the error is a few roundings, which chance decides.
        var truth = RandomDecoder.Trained(exact).SelectMany(Gradient).ToArray();
        var error = Rms(truth, [.. RandomDecoder.Trained(same).SelectMany(Gradient)]);
        Assert.InRange(error, 0, 1.5 * Rms(truth, [.. RandomDecoder.Trained(plain).SelectMany(Gradient)]));
    }

    [Theory]
    [InlineData("q_proj", "v_proj")]
    [InlineData("down_proj")]
    [InlineData("layers.1.self_attn.o_proj")]
    public void Any_choice_of_adapted_layers_works(params string[] targets)
    {
        var config = Config(32, 48, 4, 2, 8, 2, 64);
        var options = Options(4) with { TargetModules = targets };
        using var plain = RandomDecoder.Create(config, ScalarType.Float32, options);
        using var same = RandomDecoder.Create(config, ScalarType.Float32, options);
        using var fused = FusedDecoder.Create(same, threads: 1)!;
        var batch = Batch([6, 11], 64);
        Plain(plain, batch);
        fused.Backward(batch.Packed, batch.Positions, batch.Labels, Weight);
        AssertGradients(plain, same, 1e-5);
    }

    [Fact]
    public void Gradients_do_not_depend_on_the_number_of_threads()
    {
        var config = Config(64, 96, 4, 2, 16, 2, 100);
        var batch = Batch([50, 70, 33], 100);
        float[] Run(int threads)
        {
            using var decoder = RandomDecoder.Create(config, ScalarType.Float32, Options(8));
            using var fused = FusedDecoder.Create(decoder, threads)!;
            fused.Backward(batch.Packed, batch.Positions, batch.Labels, Weight);
            return [.. RandomDecoder.Trained(decoder).SelectMany(Gradient)];
        }

        Assert.Equal(Run(1), Run(3));
    }
}
