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
        var children = batch.Prefixes.Select((prefix, sample) => (prefix, sample)).ToLookup(pair => pair.prefix, pair => pair.sample);
        if (children.Count == 1) return decoder.Forward(batch.Samples);

        var hidden = new Tensor[batch.Prefixes.Count]; // of each sample
        int[] roots = [.. children[-1]];
        var lengths = batch.Samples.Lengths;
        var cached = roots.Select(root => Math.Max(lengths[root], children[root].Sum(child => lengths[root] + lengths[child])));
        foreach (var (start, count) in TokenBudget.Cut([.. cached], CachedTokens)) Forward(batch.Samples, roots[start..(start + count)], children, hidden);
        return cat(hidden, 0);
    }

    // Some prefixes, then all that continues them.
    private void Forward(PackedBatch samples, int[] roots, ILookup<int, int> children, Tensor[] hidden)
    {
        using var prefixes = new KeyValueCache(decoder, roots.Length, roots.Max(root => samples.Lengths[root]));
        Forward(samples, roots, prefixes, hidden);
        int[] branches = [.. roots.SelectMany(root => children[root])];
        if (branches.Length == 0) return;
        using var branched = prefixes.Select([.. roots.SelectMany((root, index) => children[root].Select(_ => index))]);
        Forward(samples, branches, branched, hidden);
    }

    private void Forward(PackedBatch samples, int[] chosen, KeyValueCache cache, Tensor[] hidden)
    {
        var rows = decoder.Forward(PackedBatch.Of([.. chosen.Select(samples.TokensOf)]), cache);
        foreach (var (sample, part) in chosen.Zip(rows.split([.. chosen.Select(sample => (long)samples.Lengths[sample])], 0))) hidden[sample] = part;
    }
}
