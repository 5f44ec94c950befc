using Attune.Models.Architectures;
using Attune.Models.Batches;
using static TorchSharp.torch;

namespace Attune.Models.Tests.Architectures;

/// <summary>Samples laid end to end give the numbers of each alone; tolerances: other sizes of products sum in another order.</summary>
public class LlamaPackingTests
{
    // Unequal and equal ones, a single token, and one beyond the length from which torch's flash kernel is used.
    private static readonly int[] Lengths = [7, 40, 400, 1, 40, 31, 390];

    [Fact]
    public void Packed_samples_give_the_hidden_states_of_each_alone()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var golden = new LlamaGolden("llama3-rope");
        var rows = Rows(golden.Decoder.Config.VocabularySize);
        var packed = golden.Decoder.Forward(PackedBatch.Of(rows));
        var alone = cat([.. rows.Select(row => golden.Decoder.Forward(PackedBatch.Of(row)))], 0);
        TensorAssert.Near(alone, packed, 1e-4, "hidden states");
    }

    [Fact]
    public void Packed_samples_give_the_sum_of_each_ones_gradients()
    {
        using var scope = NewDisposeScope();
        using var golden = new LlamaGolden("llama-untied");
        var decoder = golden.Decoder;
        var rows = Rows(decoder.Config.VocabularySize);
        foreach (var parameter in decoder.Parameters) parameter.IsTrained = true;

        Loss(decoder, PackedBatch.Of(rows)).backward();
        var packed = decoder.Parameters.Select(parameter => parameter.Value.grad!.clone()).ToArray();
        foreach (var parameter in decoder.Parameters) parameter.Value.grad!.zero_();
        foreach (var row in rows) Loss(decoder, PackedBatch.Of(row)).backward();

        foreach (var (parameter, gradient) in decoder.Parameters.Zip(packed))
            TensorAssert.Near(parameter.Value.grad!, gradient, (1e-4 * TensorAssert.Magnitude(gradient)) + 1e-4, parameter.Name);
    }

    [Fact]
    public void A_sample_does_not_see_its_neighbours()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var golden = new LlamaGolden("llama-tied");
        var rows = Rows(golden.Decoder.Config.VocabularySize);
        var before = golden.Decoder.Forward(PackedBatch.Of(rows)).split([.. Lengths.Select(length => (long)length)], 0);
        rows[1] = [.. rows[1].Reverse()];
        var after = golden.Decoder.Forward(PackedBatch.Of(rows)).split([.. Lengths.Select(length => (long)length)], 0);
        for (var i = 0; i < rows.Length; i++)
        {
            var difference = TensorAssert.LargestDifference(before[i], after[i]);
            Assert.True(i == 1 ? difference > 0.1 : difference == 0, $"sample {i} moved by {difference}");
        }
    }

    [Fact]
    public void Frozen_weights_get_no_gradient_and_their_gradient_is_not_computed()
    {
        using var scope = NewDisposeScope();
        using var golden = new LlamaGolden("llama-tied");
        var decoder = golden.Decoder;
        Assert.False(decoder.Forward(PackedBatch.Of([1, 2, 3])).requires_grad);

        var trained = decoder.Parameters.Single(parameter => parameter.Name == "model.layers.1.mlp.up_proj.weight");
        trained.IsTrained = true;
        Loss(decoder, PackedBatch.Of([1, 2, 3])).backward();
        Assert.Equal([trained.Name], decoder.Parameters.Where(parameter => parameter.Value.grad is not null).Select(parameter => parameter.Name));
    }

    private static int[][] Rows(int vocabulary)
    {
        var random = new SeededRandom(1);
        return [.. Lengths.Select(length => Enumerable.Range(0, length).Select(_ => random.Next(vocabulary)).ToArray())];
    }

    private static Tensor Loss(LlamaDecoder decoder, PackedBatch batch)
    {
        var ids = tensor(batch.TokenIds).to(ScalarType.Int64);
        return nn.functional.cross_entropy(decoder.Logits(decoder.Forward(batch)), ids, reduction: nn.Reduction.Sum) / 100;
    }
}
