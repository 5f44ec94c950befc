using Attune.Data.Batching;
using Attune.Models.Architectures;
using Attune.Models.Attention;
using Attune.Models.Batches;
using static TorchSharp.torch;

namespace Attune.Evaluation.Scoring;

/// <summary>The plain path: the decoder's own forward pass; a prefix goes into the key-value cache, which each of its branches continues.</summary>
/// <param name="decoder">The model.</param>
public sealed class PlainBranchedLosses(LlamaDecoder decoder) : IBranchedLosses
{
    private const int CachedTokens = 4096; // the cache holds a whole copy of the prefix for every branch
    private const int Chunk = 256;         // rows of logits at a time: 50 MB for a vocabulary of 49,152

    /// <inheritdoc/>
    public float[] Losses(BranchedBatch batch, int[] positions, int[] labels)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var hidden = Hidden(batch);
        return [.. positions.Chunk(Chunk).Zip(labels.Chunk(Chunk), (rows, targets) => Losses(hidden, rows, targets)).SelectMany(losses => losses)];
    }

    // Logits are made for the rows that predict a label only.
    private float[] Losses(Tensor hidden, int[] positions, int[] labels)
    {
        using var scope = NewDisposeScope();
        var logits = decoder.Logits(hidden.index_select(0, tensor(positions)));                                           // [positions, vocabulary]
        var chosen = logits.gather(1, tensor(labels).to(ScalarType.Int64).unsqueeze(1)).squeeze(1);
        return (logits.logsumexp(1) - chosen).data<float>().ToArray();
    }

    /// <summary>[tokens, hidden] in the compute type, in the batch's order.</summary>
    private Tensor Hidden(BranchedBatch batch)
    {
        if (batch.Prefixes.All(prefix => prefix < 0)) return decoder.Forward(batch.Samples);
        var tree = batch.Prefixes.Index().ToLookup(sample => sample.Item, sample => sample.Index);
        var hidden = new Tensor[batch.Prefixes.Count]; // of each sample
        Forward([.. tree[-1]], null, [], new Branching(batch, tree, hidden));
        return cat(hidden, 0);
    }

    /// <summary>Some samples over the cache of their prefixes, and whatever continues them.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="prefixes">What the cache holds; null: the samples have no prefixes.</param>
    /// <param name="cached">Which samples the cache holds.</param>
    /// <param name="all">The batch.</param>
    private void Forward(int[] samples, KeyValueCache? prefixes, int[] cached, Branching all)
    {
        foreach (var (start, count) in TokenBudget.Cut([.. samples.Select(all.Cached)], CachedTokens))
        {
            var some = samples[start..(start + count)];
            using var cache = prefixes?.Select([.. some.Select(sample => Array.IndexOf(cached, all.Batch.Prefixes[sample]))]) ?? new KeyValueCache(decoder, count);
            var rows = decoder.Forward(PackedBatch.Of([.. some.Select(all.Batch.Samples.TokensOf)]), cache);
            var parts = rows.split([.. some.Select(sample => (long)all.Batch.Samples.Lengths[sample])], 0);
            foreach (var (sample, part) in some.Zip(parts)) all.Hidden[sample] = part;
            Forward([.. some.SelectMany(sample => all.Tree[sample])], cache, some, all);
        }
    }

    /// <summary>A batch, and what is computed of it.</summary>
    /// <param name="Batch">The batch.</param>
    /// <param name="Tree">Of each sample those that continue it; of −1 those without a prefix.</param>
    /// <param name="Hidden">Of each sample, [tokens, hidden].</param>
    private sealed record Branching(BranchedBatch Batch, ILookup<int, int> Tree, Tensor[] Hidden)
    {
        /// <summary>Tokens in the cache for a sample, or for all that continues it.</summary>
        public int Cached(int sample) =>
            Tree.Contains(sample) ? Tree[sample].Sum(Cached) : Batch.Before(sample) + Batch.Samples.Lengths[sample];
    }
}
