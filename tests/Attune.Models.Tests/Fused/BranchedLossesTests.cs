using Attune.Models.Architectures;
using Attune.Models.Batches;
using Attune.Models.Fused;
using TorchSharp;
using static Attune.Models.Tests.Fused.Twins;
using static TorchSharp.torch;

namespace Attune.Models.Tests.Fused;

/// <summary>Samples that continue a prefix against the plain path over the whole texts, prefix and all, each by itself.</summary>
public sealed class BranchedLossesTests
{
    // heads, key/value heads, head size, lengths, prefixes
    public static TheoryData<int, int, int, int[], int[]> Shapes => new()
    {
        { 3, 1, 10, [1, 1], [-1, 0] },
        { 4, 2, 16, [5, 3, 1, 7], [-1, 0, 0, 0] },
        { 2, 2, 6, [9, 2, 4, 13, 1, 1, 5], [-1, 0, 0, -1, 3, 3, 3] },
        { 6, 3, 64, [75, 30, 1, 31, 8, 120, 17], [-1, 0, 0, -1, -1, 4, 4] },
        { 2, 1, 16, [301, 7, 11, 241, 5, 250, 239, 3], [-1, 0, 0, -1, 3, 3, -1, 6] },
        { 2, 1, 16, [33, 520, 9], [-1, 0, 0] },
        { 4, 1, 8, [6, 4, 3, 5, 2], [-1, -1, 0, 1, 0] },
        { 2, 1, 16, [250, 7, 1, 3, 1, 5, 260], [-1, 0, 0, 1, 1, 2, 4] },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Losses_equal_the_plain_path_in_fp32(int heads, int shared, int headSize, int[] lengths, int[] prefixes)
    {
        using var decoder = Decoder(heads, shared, headSize, ScalarType.Float32);
        using var fused = FusedDecoder.Create(decoder, threads: 2)!;
        var (batch, positions, labels) = Branched(lengths, prefixes);
        Assert.Equal(0, Difference(Whole(decoder, batch, positions, labels), fused.Losses(batch, positions, labels)), 1e-5);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_error_in_bf16_is_at_most_one_and_a_half_times_that_of_the_plain_path(int heads, int shared, int headSize, int[] lengths, int[] prefixes)
    {
        using var exact = Decoder(heads, shared, headSize, ScalarType.Float32);
        using var decoder = Decoder(heads, shared, headSize, ScalarType.BFloat16);
        using var fused = FusedDecoder.Create(decoder, threads: 2);
        Assert.SkipWhen(fused is null, "no bf16 unit");
        var (batch, positions, labels) = Branched(lengths, prefixes);
        var truth = Whole(exact, batch, positions, labels);
        var error = Rms(truth, fused.Losses(batch, positions, labels));
        Assert.InRange(error, 0, (1.5 * Rms(truth, Whole(decoder, batch, positions, labels))) + 1e-6);
    }

    [Fact]
    public void A_prefix_that_comes_later_is_refused()
    {
        var samples = PackedBatch.Of([1], [2], [3]);
        Assert.Throws<ArgumentException>(() => new BranchedBatch(samples, [-1, 2, -1]));
        Assert.Throws<ArgumentException>(() => new BranchedBatch(samples, [-1, 0]));
    }

    [Fact]
    public void Evaluation_takes_no_memory_for_gradients()
    {
        using var decoder = Decoder(2, 1, 16, ScalarType.Float32);
        var (batch, positions, labels) = Branched([5, 3], [-1, 0]);
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        using var fused = FusedDecoder.Create(decoder, threads: 1)!;
        fused.Losses(batch, positions, labels);
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        Assert.All(RandomDecoder.Trained(decoder), parameter => Assert.Null(parameter.Value.grad));
    }

    private static LlamaDecoder Decoder(int heads, int shared, int headSize, ScalarType type) =>
        RandomDecoder.Create(Config(36, 50, heads, shared, headSize, layers: 2, vocabulary: 70), type, Options(4));

    private static (BranchedBatch Batch, int[] Positions, int[] Labels) Branched(int[] lengths, int[] prefixes)
    {
        const int each = 10; // labels of a position: of one label the error in bf16 is a few roundings, which chance decides
        var packed = Batch(lengths, 70).Packed;
        int[] positions = [.. Enumerable.Range(0, each * packed.TokenIds.Length).Select(i => i / each)];
        return (new BranchedBatch(packed, prefixes), positions, [.. positions.Select((position, i) => ((7 * i) + position) % 70)]);
    }

    private static float[] Whole(LlamaDecoder decoder, BranchedBatch batch, int[] positions, int[] labels)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        int[] Text(int sample) => [.. batch.Prefixes[sample] is var prefix and >= 0 ? Text(prefix) : [], .. batch.Samples.TokensOf(sample)];
        var hidden = batch.Samples.Lengths.Select((length, sample) => decoder.Forward(PackedBatch.Of(Text(sample)))[^length..]).ToArray();
        var states = cat(hidden, 0).index_select(0, tensor(positions));
        return nn.functional.cross_entropy(decoder.Logits(states), tensor(labels).to(ScalarType.Int64), reduction: nn.Reduction.None).data<float>().ToArray();
    }
}
