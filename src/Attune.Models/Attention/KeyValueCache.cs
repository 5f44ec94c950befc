using Attune.Models.Architectures;
using static TorchSharp.torch;

namespace Attune.Models.Attention;

/// <summary>
/// Keys and values of tokens already read, of several samples of unequal length. A forward pass over it adds its batch's
/// tokens, sample by sample. For inference only: no gradient flows through it.
/// </summary>
public sealed class KeyValueCache : IDisposable
{
    private readonly Tensor[] _keys;     // a layer: [samples, key/value heads, capacity, head size]
    private readonly Tensor[] _values;
    private int[] _lengths;

    /// <summary>An empty cache.</summary>
    /// <param name="decoder">The model whose keys and values it holds.</param>
    /// <param name="samples">Samples of every batch read over it, at least 1.</param>
    /// <param name="capacity">Tokens a sample that are allocated at once; grows as needed.</param>
    public KeyValueCache(LlamaDecoder decoder, int samples, int capacity = 64)
    {
        var config = decoder.Config;
        _lengths = new int[samples];
        _keys = Allocate();
        _values = Allocate();

        Tensor[] Allocate() => [.. Enumerable.Range(0, config.Layers).Select(_ =>
            zeros([samples, config.KeyValueHeads, capacity, config.HeadSize], decoder.ComputeType).DetachFromDisposeScope())];
    }

    private KeyValueCache(Tensor[] keys, Tensor[] values, int[] lengths) => (_keys, _values, _lengths) = (keys, values, lengths);

    /// <summary>Tokens held of each sample.</summary>
    public IReadOnlyList<int> Lengths => _lengths;

    /// <summary>Tokens a sample has room for before memory is allocated anew.</summary>
    public int Capacity => (int)_keys[0].shape[2];

    /// <summary>A copy of some samples, in the order given; the same one may come several times, for example one prompt with several continuations.</summary>
    public KeyValueCache Select(params IReadOnlyList<int> samples)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var indices = tensor(samples.Select(sample => (long)sample).ToArray());
        return new KeyValueCache(Copy(_keys), Copy(_values), [.. samples.Select(sample => _lengths[sample])]);

        Tensor[] Copy(Tensor[] layers) => [.. layers.Select(layer => layer.index_select(0, indices).DetachFromDisposeScope())];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var layer in _keys.Concat(_values)) layer.Dispose();
    }

    /// <summary>Makes room for this many tokens of each sample.</summary>
    internal void Reserve(int tokens)
    {
        if (tokens <= Capacity) return;
        var capacity = Math.Max(tokens, 2 * Capacity);
        foreach (var layers in (Tensor[][])[_keys, _values])
        {
            for (var i = 0; i < layers.Length; i++)
            {
                using var old = layers[i];
                layers[i] = nn.functional.pad(old, [0, 0, 0, capacity - old.shape[2]]).DetachFromDisposeScope();
            }
        }
    }

    /// <summary>Writes one layer's keys and values.</summary>
    /// <param name="layer">Index of the layer.</param>
    /// <param name="places">[samples, tokens], Int64: the place of each in its sample.</param>
    /// <param name="keys">[samples, key/value heads, tokens, head size].</param>
    /// <param name="values">The same shape.</param>
    internal void Write(int layer, Tensor places, Tensor keys, Tensor values)
    {
        var index = places.unsqueeze(1).unsqueeze(3).expand(keys.shape);
        _keys[layer].scatter_(2, index, keys);
        _values[layer].scatter_(2, index, values);
    }

    /// <summary>The first tokens of every sample, as [samples × key/value heads, tokens, head size]; no copy.</summary>
    internal (Tensor Keys, Tensor Values) Read(int layer, long tokens) => (First(_keys[layer], tokens), First(_values[layer], tokens));

    /// <summary>Counts tokens that every layer has written.</summary>
    internal void Advance(IReadOnlyList<int> tokens) => _lengths = [.. _lengths.Zip(tokens, (held, added) => held + added)];

    private static Tensor First(Tensor layer, long tokens) => layer.view(-1, layer.shape[2], layer.shape[3]).narrow(1, 0, tokens);
}
