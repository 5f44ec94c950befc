using Attune.Models.Adapters.Lora;
using Attune.Models.Architectures;
using Attune.Models.Batches;
using Attune.Models.Fused;
using Attune.Models.Layers;
using static TorchSharp.torch;

namespace Attune.Models.Tests.Fused;

/// <summary>Batches for both paths, the plain path's losses and gradients, and how far they may differ.</summary>
internal static class Twins
{
    public const double Weight = 0.01;

    public static LlamaConfig Config(int hidden, int inner, int heads, int shared, int headSize, int layers, int vocabulary) => new()
    {
        VocabularySize = vocabulary, HiddenSize = hidden, IntermediateSize = inner, Layers = layers, Heads = heads, KeyValueHeads = shared, HeadSize = headSize,
        Rotary = new RotaryOptions(10000), TiedHead = hidden % 4 == 0,
    };

    public static LoraOptions Options(int rank) => new() { Rank = rank, Alpha = 1.5 * rank, TargetModules = ["all-linear"] };

    /// <summary>Random tokens; every second one predicts the next of its sample.</summary>
    public static (PackedBatch Packed, int[] Positions, int[] Labels) Batch(int[] lengths, int vocabulary)
    {
        var random = new SeededRandom(lengths.Sum());
        var ids = Enumerable.Range(0, lengths.Sum()).Select(_ => random.Next(vocabulary)).ToArray();
        int[] positions = [.. Enumerable.Range(0, ids.Length).Where(i => i % 2 == 0)];
        return (new PackedBatch(ids, lengths), positions, [.. positions.Select(_ => random.Next(vocabulary))]);
    }

    /// <summary>Runs a batch on both paths and compares losses and gradients; then a second, smaller one, which is added.</summary>
    public static void AssertEqual(LlamaDecoder plain, LlamaDecoder same, int[] lengths, double tolerance, int threads = 2)
    {
        using var fused = FusedDecoder.Create(same, threads)!;
        foreach (var batch in ((int[][])[lengths, [4, 2]]).Select(each => Batch(each, plain.Config.VocabularySize)))
        {
            var losses = fused.Backward(batch.Packed, batch.Positions, batch.Labels, Weight);
            Assert.Equal(0, Difference(Plain(plain, batch), losses), tolerance);
            AssertGradients(plain, same, tolerance);
        }
    }

    public static float[] Plain(LlamaDecoder decoder, (PackedBatch Packed, int[] Positions, int[] Labels) batch)
    {
        using var scope = NewDisposeScope();
        var hidden = decoder.Forward(batch.Packed).index_select(0, tensor(batch.Positions.Select(p => (long)p).ToArray()));
        var losses = nn.functional.cross_entropy(decoder.Logits(hidden), tensor(batch.Labels.Select(l => (long)l).ToArray()), reduction: nn.Reduction.None);
        (losses.sum() * Weight).backward();
        return losses.data<float>().ToArray();
    }

    public static float[] Gradient(Parameter parameter)
    {
        using var gradient = parameter.Value.grad!;
        return gradient.data<float>().ToArray();
    }

    // Of each tensor, relative to its largest number; where that is zero but for rounding (a query that sees one key only),
    // to 1e-7 of the largest of all, one rounding.
    public static void AssertGradients(LlamaDecoder expected, LlamaDecoder actual, double tolerance)
    {
        var largest = RandomDecoder.Trained(expected).Max(parameter => Gradient(parameter).Max(Math.Abs));
        foreach (var (one, other) in RandomDecoder.Trained(expected).Zip(RandomDecoder.Trained(actual)))
        {
            var (truth, found) = (Gradient(one), Gradient(other));
            var difference = Difference(truth, found) / Math.Max(truth.Max(Math.Abs), 1e-2 * largest);
            Assert.True(difference <= tolerance, $"{one.Name}: {difference:0.0e+0} of the largest number");
        }
    }

    public static double Difference(float[] left, float[] right) => left.Zip(right, (a, b) => Math.Abs((double)a - b)).Max();

    public static double Rms(float[] truth, float[] other) => Math.Sqrt(truth.Zip(other, (a, b) => ((double)a - b) * (a - b)).Average());
}
