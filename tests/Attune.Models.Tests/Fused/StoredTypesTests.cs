using Attune.Models.Fused;
using Attune.Models.Numerics;
using static Attune.Models.Tests.Fused.Twins;
using static TorchSharp.torch;

namespace Attune.Models.Tests.Fused;

/// <summary>Weights and kept activations in fewer bits than products have.</summary>
public sealed class StoredTypesTests
{
    private static readonly Precision Stored = new(ScalarType.Float32, ScalarType.BFloat16);

    [Theory]
    [MemberData(nameof(FusedDecoderTests.Shapes), MemberType = typeof(FusedDecoderTests))]
    public void Quantized_weights_give_what_the_plain_path_gives(int hidden, int inner, int heads, int shared, int headSize, int layers, int vocabulary, int rank, int[] lengths)
    {
        var config = Config(hidden, inner, heads, shared, headSize, layers, vocabulary);
        var precision = new Precision(ScalarType.Float32, ScalarType.Float32, Quantization.Nf4);
        using var plain = RandomDecoder.Create(config, precision, Options(rank), out _);
        using var same = RandomDecoder.Create(config, precision, Options(rank), out _);
        Assert.All(same.Linears.Where(linear => linear.Name != "lm_head"), linear => Assert.NotNull(linear.Parameters.First().Quantized));
        AssertEqual(plain, same, lengths, 1e-5);
    }

    [Theory]
    [MemberData(nameof(FusedDecoderTests.Shapes), MemberType = typeof(FusedDecoderTests))]
    public void Storing_bf16_beside_fp32_products_is_nearer_to_fp32_than_bf16_is(
        int hidden, int inner, int heads, int shared, int headSize, int layers, int vocabulary, int rank, int[] lengths)
    {
        var config = Config(hidden, inner, heads, shared, headSize, layers, vocabulary);
        using var exact = RandomDecoder.Create(config, ScalarType.Float32, Options(rank));
        using var plain = RandomDecoder.Create(config, ScalarType.BFloat16, Options(rank));
        using var same = RandomDecoder.Create(config, Stored, Options(rank), out _);
        using var fused = FusedDecoder.Create(same, threads: 2)!;
        var batch = Batch(lengths, vocabulary);

        var (expected, ofPlain) = (Plain(exact, batch), Plain(plain, batch));
        Assert.InRange(Rms(expected, fused.Backward(batch.Packed, batch.Positions, batch.Labels, Weight)), 0, Rms(expected, ofPlain) + 1e-6);
        var truth = RandomDecoder.Trained(exact).SelectMany(Gradient).ToArray();
        var error = Rms(truth, [.. RandomDecoder.Trained(same).SelectMany(Gradient)]);
        Assert.InRange(error, 0, Rms(truth, [.. RandomDecoder.Trained(plain).SelectMany(Gradient)]));
    }

    [Fact]
    public void A_quantized_weight_cannot_be_trained_in_full()
    {
        var config = Config(32, 48, 4, 2, 8, 1, 64);
        var options = Options(4) with { ModulesToSave = ["down_proj"] };
        var error = Assert.Throws<AttuneException>(
            () => RandomDecoder.Create(config, new Precision(ScalarType.Float32, ScalarType.Float32, Quantization.Nf4), options, out _));
        Assert.Contains("model.layers.0.mlp.down_proj", error.Message, StringComparison.Ordinal);
    }
}
