using Attune.Models.Adapters.Lora;
using Attune.Models.Architectures;
using Attune.Models.Batches;
using Attune.Models.Fused;
using Attune.Models.Layers;
using static TorchSharp.torch;

namespace Attune.Models.Tests.Fused;

/// <summary>The fused path against its twin, the decoder's own forward pass and autograd.</summary>
public sealed class FusedDecoderTests
{
    private const double Weight = 0.01;

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

    [Fact]
    public void What_it_cannot_do_is_left_to_the_plain_path()
    {
        var config = Config(32, 48, 4, 2, 8, 1, 64);
        using var withDropout = RandomDecoder.Create(config, ScalarType.Float32, Options(4) with { Dropout = 0.1 });
        Assert.Null(FusedDecoder.Create(withDropout, threads: 1));
        using var withoutAdapter = RandomDecoder.Create(config, ScalarType.Float32, Options(4));
        foreach (var linear in withoutAdapter.Linears) linear.Adapter = null;
        Assert.Null(FusedDecoder.Create(withoutAdapter, threads: 1));
    }

    private static LlamaConfig Config(int hidden, int inner, int heads, int shared, int headSize, int layers, int vocabulary) => new()
    {
        VocabularySize = vocabulary, HiddenSize = hidden, IntermediateSize = inner, Layers = layers, Heads = heads, KeyValueHeads = shared, HeadSize = headSize,
        Rotary = new RotaryOptions(10000), TiedHead = hidden % 4 == 0,
    };

    private static LoraOptions Options(int rank) => new() { Rank = rank, Alpha = 1.5 * rank, TargetModules = ["all-linear"] };

    /// <summary>Random tokens; every second one predicts the next of its sample.</summary>
    private static (PackedBatch Packed, int[] Positions, int[] Labels) Batch(int[] lengths, int vocabulary)
    {
        var random = new SeededRandom(lengths.Sum());
        var ids = Enumerable.Range(0, lengths.Sum()).Select(_ => random.Next(vocabulary)).ToArray();
        int[] positions = [.. Enumerable.Range(0, ids.Length).Where(i => i % 2 == 0)];
        return (new PackedBatch(ids, lengths), positions, [.. positions.Select(_ => random.Next(vocabulary))]);
    }

    private static float[] Plain(LlamaDecoder decoder, (PackedBatch Packed, int[] Positions, int[] Labels) batch)
    {
        using var scope = NewDisposeScope();
        var hidden = decoder.Forward(batch.Packed).index_select(0, tensor(batch.Positions.Select(p => (long)p).ToArray()));
        var losses = nn.functional.cross_entropy(decoder.Logits(hidden), tensor(batch.Labels.Select(l => (long)l).ToArray()), reduction: nn.Reduction.None);
        (losses.sum() * Weight).backward();
        return losses.data<float>().ToArray();
    }

    private static float[] Gradient(Parameter parameter)
    {
        using var gradient = parameter.Value.grad!;
        return gradient.data<float>().ToArray();
    }

    // Of each tensor, relative to its largest number; where that is zero but for rounding (a query that sees one key only),
    // to 1e-7 of the largest of all, one rounding.
    private static void AssertGradients(LlamaDecoder expected, LlamaDecoder actual, double tolerance)
    {
        var largest = RandomDecoder.Trained(expected).Max(parameter => Gradient(parameter).Max(Math.Abs));
        foreach (var (one, other) in RandomDecoder.Trained(expected).Zip(RandomDecoder.Trained(actual)))
        {
            var (truth, found) = (Gradient(one), Gradient(other));
            var difference = Difference(truth, found) / Math.Max(truth.Max(Math.Abs), 1e-2 * largest);
            Assert.True(difference <= tolerance, $"{one.Name}: {difference:0.0e+0} of the largest number");
        }
    }

    private static double Difference(float[] left, float[] right) => left.Zip(right, (a, b) => Math.Abs((double)a - b)).Max();

    private static double Rms(float[] truth, float[] other) => Math.Sqrt(truth.Zip(other, (a, b) => ((double)a - b) * (a - b)).Average());
}
