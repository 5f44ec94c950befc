using static TorchSharp.torch;

namespace Attune.Models.Attention;

/// <summary>
/// Attention of a batch whose samples go on after what a cache holds of them, the lengths of both free: one new token
/// each in generation, several when a cached prompt is continued.
/// </summary>
internal sealed class CachedAttention : IAttention
{
    private readonly KeyValueCache _cache;
    private readonly IReadOnlyList<int> _lengths;
    private readonly int _added;          // new tokens of the sample with most of them
    private readonly Tensor _places;      // [samples, added]: place of each new token in its sample
    private readonly Tensor _mask;        // [samples, 1, 1, added, length]: 0 where a token may look, else −∞
    private readonly PackedAttention? _prompt;

    public CachedAttention(KeyValueCache cache, IReadOnlyList<int> lengths, ScalarType type)
    {
        (_cache, _lengths) = (cache, lengths);
        _added = lengths.Max();
        Positions = [.. lengths.Zip(cache.Lengths).SelectMany(pair => Enumerable.Range(pair.Second, pair.First))];
        Length = cache.Lengths.Max() + _added;
        cache.Reserve(Length);

        // Places after a sample's own tokens are written too and overwritten later; nothing looks at them before.
        var held = tensor(cache.Lengths.Select(length => (long)length).ToArray());
        _places = held.unsqueeze(1) + arange(_added);
        var hidden = arange(Length) > _places.unsqueeze(2);
        _mask = zeros(hidden.shape, type).masked_fill_(hidden, float.NegativeInfinity).unsqueeze(1).unsqueeze(1);
        if (cache.Lengths.All(length => length == 0)) _prompt = new PackedAttention(lengths, type);
    }

    /// <inheritdoc/>
    public int[] Positions { get; }

    /// <inheritdoc/>
    public int Length { get; }

    /// <inheritdoc/>
    public Tensor Attend(int layer, Tensor query, Tensor key, Tensor value)
    {
        _cache.Write(layer, _places, Rows(key).transpose(1, 2), Rows(value).transpose(1, 2));
        if (_prompt is not null) return _prompt.Attend(layer, query, key, value);

        long samples = _lengths.Count, heads = query.shape[1], size = query.shape[2], shared = key.shape[1], each = heads / shared;
        var (keys, values) = _cache.Read(layer, Length);
        var q = Rows(query).view(samples, _added, shared, each, size).permute(0, 2, 3, 1, 4)
            .reshape(samples * shared, each * _added, size);
        var scores = q.mul(1 / Math.Sqrt(size)).bmm(keys.transpose(1, 2)).view(samples, shared, each, _added, Length).add_(_mask);
        var mixed = scores.softmax(-1).view(samples * shared, each * _added, Length).bmm(values)
            .view(samples, shared, each, _added, size).permute(0, 3, 1, 2, 4).reshape(samples, _added, heads * size);

        return _lengths.All(length => length == _added)
            ? mixed.view(samples * _added, heads * size)
            : cat([.. mixed.unbind(0).Zip(_lengths, (row, length) => row.narrow(0, 0, length))], 0);
    }

    /// <summary>[tokens, heads, head size] as [samples, added, heads, head size], padded at the end.</summary>
    private Tensor Rows(Tensor packed)
    {
        if (_lengths.All(length => length == _added)) return packed.view(_lengths.Count, _added, packed.shape[1], packed.shape[2]);
        var parts = packed.split([.. _lengths.Select(length => (long)length)], 0);
        return stack(parts.Select(part => nn.functional.pad(part, [0, 0, 0, 0, 0, _added - part.shape[0]])), 0);
    }
}
