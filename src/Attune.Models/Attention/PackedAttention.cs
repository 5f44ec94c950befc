using static TorchSharp.torch;

namespace Attune.Models.Attention;

/// <summary>
/// Attention of samples laid end to end. Short groups multiply matrices, long ones use torch's flash kernel. Forward and
/// backward of SmolLM2's heads, matrices against flash, on a CPU with bf16 units: bf16 2 and 21 ms at 64 tokens, 20 and
/// 21 ms at 512, 194 and 92 ms at 2,048; fp32 5 and 4 ms at 64, 473 and 125 ms at 2,048.
/// </summary>
internal sealed class PackedAttention : IAttention
{
    private readonly int _flashFrom;   // tokens
    private readonly long[] _lengths;
    private readonly IReadOnlyList<SampleGroup> _groups;
    private readonly Dictionary<long, Tensor> _masks;   // by length: [length, length], 0 where a token may look, −∞ after it

    public PackedAttention(IReadOnlyList<int> lengths, ScalarType type)
    {
        _lengths = [.. lengths.Select(length => (long)length)];
        _groups = SampleGroup.Of(lengths);
        _flashFrom = type == ScalarType.BFloat16 ? 512 : 64;
        _masks = _groups.Select(group => (long)group.Length).Where(length => length < _flashFrom).Distinct()
            .ToDictionary(length => length, length => full([length, length], float.NegativeInfinity, type).triu(1));
        Positions = [.. lengths.SelectMany(length => Enumerable.Range(0, length))];
        Length = lengths.Max();
    }

    /// <inheritdoc/>
    public int[] Positions { get; }

    /// <inheritdoc/>
    public int Length { get; }

    /// <inheritdoc/>
    public Tensor Attend(int layer, Tensor query, Tensor key, Tensor value)
    {
        long heads = query.shape[1], shared = key.shape[1];
        var all = cat([query, key, value], 1);   // cut into samples once instead of three times
        var parts = _lengths.Length == 1 ? [all] : all.split(_lengths, 0);
        var results = new Tensor[parts.Length];
        foreach (var group in _groups)
        {
            var rows = group.Samples.Select(sample => Pad(parts[sample], group.Length)).ToArray();
            var split = stack(rows, 0).split([heads, shared, shared], 2);   // each [samples, length, heads, head size]
            var mixed = Attend(split[0], split[1], split[2]);
            if (results.Length == 1) return mixed[0];
            foreach (var (sample, result) in group.Samples.Zip(mixed.unbind(0)))
                results[sample] = _lengths[sample] == group.Length ? result : result.narrow(0, 0, _lengths[sample]);
        }

        return cat(results, 0);
    }

    private static Tensor Pad(Tensor sample, long length) =>
        sample.shape[0] == length ? sample : nn.functional.pad(sample, [0, 0, 0, 0, 0, length - sample.shape[0]]);

    /// <summary>One group. query: [samples, length, heads, head size]; result: [samples, length, heads × head size].</summary>
    private Tensor Attend(Tensor query, Tensor key, Tensor value)
    {
        long samples = query.shape[0], length = query.shape[1], heads = query.shape[2], size = query.shape[3];
        long shared = key.shape[2], each = heads / shared;

        // Heads that share keys and values become one batch entry, so that those are never repeated in memory.
        var q = query.view(samples, length, shared, each, size).permute(0, 2, 3, 1, 4);
        var k = key.transpose(1, 2).reshape(samples * shared, length, size);
        var v = value.transpose(1, 2).reshape(samples * shared, length, size);
        Tensor mixed;
        if (length >= _flashFrom)
        {
            mixed = nn.functional.scaled_dot_product_attention(
                q.reshape(samples * shared, each, length, size), Share(k), Share(v), is_casual: true);
        }
        else
        {
            var scores = (q.reshape(samples * shared, each * length, size) * (1 / Math.Sqrt(size))).bmm(k.transpose(1, 2));
            scores = scores.view(-1, each, length, length).add_(_masks[length]).softmax(-1);   // torch sums in fp32 inside
            mixed = scores.view(-1, each * length, length).bmm(v);
        }

        return mixed.view(samples, shared, each, length, size).permute(0, 3, 1, 2, 4).reshape(samples, length, heads * size);

        Tensor Share(Tensor x) => x.unsqueeze(1).expand(samples * shared, each, length, size);
    }
}
