using System.Numerics;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Attune.Models.Adapters.Lora;

/// <summary>
/// Dropout without a generator to save: whether an element is kept is a function of seed, step, layer, token of the
/// step and column. A resumed run draws the same masks, and so do 8 micro-batches of 1 and 1 of 8.
/// </summary>
internal static class DropoutMask
{
    /// <summary>The factors of a layer's input: 0 with the given probability, else 1 / (1 − probability).</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="step">The optimizer step.</param>
    /// <param name="layer">Number of the adapted layer.</param>
    /// <param name="firstToken">Tokens of this step that the layer has seen before.</param>
    /// <param name="tokens">Rows of the mask.</param>
    /// <param name="columns">Columns of the mask.</param>
    /// <param name="probability">Share of elements dropped, in [0, 1).</param>
    /// <returns>[tokens, columns], fp32.</returns>
    public static Tensor Create(long seed, long step, int layer, long firstToken, long tokens, long columns, double probability)
    {
        var mask = empty([tokens, columns], ScalarType.Float32);
        var values = MemoryMarshal.Cast<byte, float>(mask.bytes);
        var layerKey = Mix(Mix(Mix(unchecked((ulong)seed)) ^ unchecked((ulong)step)) ^ unchecked((ulong)layer));
        var bound = (uint)(probability * (1UL << 32));
        var kept = (float)(1 / (1 - probability));
        for (var token = 0; token < tokens; token++)
        {
            var key = Mix(layerKey ^ unchecked((ulong)(firstToken + token)));
            FillRow(values.Slice((int)(token * columns), (int)columns), (uint)key, (uint)(key >> 32), bound, kept);
        }

        return mask;
    }

    private static void FillRow(Span<float> row, uint key, uint stride, uint bound, float kept)
    {
        stride |= 1; // odd: column × stride visits every 32-bit number once
        var width = Vector<uint>.Count;
        var column = 0;
        for (; column + width <= row.Length; column += width)
        {
            var x = Hash((new Vector<uint>((uint)column) + Vector<uint>.Indices) * stride + new Vector<uint>(key));
            var keep = Vector.GreaterThanOrEqual(x, new Vector<uint>(bound));
            Vector.ConditionalSelect(Vector.AsVectorSingle(keep), new Vector<float>(kept), Vector<float>.Zero).CopyTo(row[column..]);
        }

        for (; column < row.Length; column++)
            row[column] = Hash(new Vector<uint>(((uint)column * stride) + key))[0] >= bound ? kept : 0;
    }

    // The finaliser of MurmurHash3 (Appleby 2011), 32 bits.
    private static Vector<uint> Hash(Vector<uint> x)
    {
        x ^= x >>> 16;
        x *= new Vector<uint>(0x85EBCA6B);
        x ^= x >>> 13;
        x *= new Vector<uint>(0xC2B2AE35);
        return x ^ (x >>> 16);
    }

    // One output of SplitMix64 (Steele, Lea and Flood 2014).
    private static ulong Mix(ulong x)
    {
        var z = x + 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
