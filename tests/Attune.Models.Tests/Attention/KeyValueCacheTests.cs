using Attune.Models.Attention;
using Attune.Models.Batches;
using Attune.Models.Tests.Architectures;
using static TorchSharp.torch;

namespace Attune.Models.Tests.Attention;

public class KeyValueCacheTests
{
    // Other sizes of products sum in another order.
    private const double Tolerance = 1e-4;

    private static readonly int[] Long = [5, 9, 77, 31, 8, 100, 64, 12, 3, 3, 90, 41];
    private static readonly int[] Short = [40, 41, 42];

    [Fact]
    public void Reading_in_pieces_of_unequal_length_equals_reading_at_once()
    {
        using var scope = NewDisposeScope();
        using var golden = new LlamaGolden("llama3-rope");
        var whole = golden.Decoder.Forward(PackedBatch.Of(Long)).detach();
        using var cache = new KeyValueCache(golden.Decoder, samples: 2, capacity: 1);
        golden.Decoder.Forward(PackedBatch.Of(Long[..4], Short[..1]), cache);
        var pieces = golden.Decoder.Forward(PackedBatch.Of(Long[4..6], Short[1..]), cache);
        TensorAssert.Near(whole[4..6], pieces[..2], Tolerance, "continued");
        pieces = golden.Decoder.Forward(PackedBatch.Of(Long[6..], [7]), cache);
        TensorAssert.Near(whole[6..], pieces[..6], Tolerance, "continued again");
        Assert.Equal([12, 4], cache.Lengths);

        var other = golden.Decoder.Forward(PackedBatch.Of([.. Short, 7]));
        TensorAssert.Near(other[^1], pieces[^1], Tolerance, "the shorter sample");
    }

    [Fact]
    public void One_prompt_continues_in_several_ways()
    {
        using var scope = NewDisposeScope();
        using var golden = new LlamaGolden("llama-tied");
        using var prompt = new KeyValueCache(golden.Decoder, samples: 1);
        golden.Decoder.Forward(PackedBatch.Of(Long), prompt);
        int[][] continuations = [[1, 2, 3], [4], [5, 6]];
        using var copies = prompt.Select(0, 0, 0);
        var hidden = golden.Decoder.Forward(PackedBatch.Of(continuations), copies);

        var expected = cat([.. continuations.Select(ids => golden.Decoder.Forward(PackedBatch.Of([.. Long, .. ids]))[Long.Length..])], 0);
        TensorAssert.Near(expected, hidden, Tolerance, "continuations");
        Assert.Equal([Long.Length], prompt.Lengths);   // the original stays as it was
        Assert.Equal([15, 13, 14], copies.Lengths);
    }

    [Fact]
    public void Finished_samples_are_left_out_and_the_others_go_on()
    {
        using var scope = NewDisposeScope();
        using var golden = new LlamaGolden("llama-untied");
        using var cache = new KeyValueCache(golden.Decoder, samples: 3);
        golden.Decoder.Forward(PackedBatch.Of(Short, [1], Long), cache);
        using var rest = cache.Select(2, 0);
        var hidden = golden.Decoder.Forward(PackedBatch.Of([11], [12]), rest);
        TensorAssert.Near(golden.Decoder.Forward(PackedBatch.Of([.. Long, 11]))[^1], hidden[0], Tolerance, "first");
        TensorAssert.Near(golden.Decoder.Forward(PackedBatch.Of([.. Short, 12]))[^1], hidden[1], Tolerance, "second");
    }

    [Fact]
    public void Nothing_read_over_a_cache_keeps_gradients()
    {
        using var scope = NewDisposeScope();
        using var golden = new LlamaGolden("llama-tied");
        foreach (var parameter in golden.Decoder.Parameters) parameter.IsTrained = true;
        using var cache = new KeyValueCache(golden.Decoder, samples: 1);
        Assert.False(golden.Decoder.Forward(PackedBatch.Of(Short), cache).requires_grad);
        Assert.True(golden.Decoder.Forward(PackedBatch.Of(Short)).requires_grad);
    }
}
