using System.Numerics;
using System.Runtime.CompilerServices;
using Attune.Kernels.Memory;
using Attune.Kernels.Threads;

namespace Attune.Kernels.Rows;

/// <summary>
/// Dropout without a generator to save: whether an element is kept is a function of seed, step, layer, token of the
/// step and column. A resumed run draws the same masks, a backward pass makes them again, and 8 micro-batches of 1 have
/// those of 1 of 8.
/// </summary>
public readonly unsafe struct DropoutMask
{
    private const int Piece = 256;

    private readonly ulong _layerKey;
    private readonly long _firstToken;
    private readonly uint _bound;
    private readonly float _kept;

    /// <summary>The mask of a layer's input in one micro-batch.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="step">The optimizer step.</param>
    /// <param name="layer">Number of the adapted layer.</param>
    /// <param name="firstToken">Tokens of this step that the layer has seen before.</param>
    /// <param name="probability">Share of elements dropped, in [0, 1).</param>
    public DropoutMask(long seed, long step, int layer, long firstToken, double probability)
    {
        _layerKey = Mix(Mix(Mix(unchecked((ulong)seed)) ^ unchecked((ulong)step)) ^ unchecked((ulong)layer));
        _firstToken = firstToken;
        _bound = (uint)(probability * (1UL << 32));
        _kept = (float)(1 / (1 - probability));
    }

    /// <summary>The factors of some columns of a token: 0 with the probability of the mask, else 1 / (1 − probability).</summary>
    /// <param name="token">Row of the micro-batch.</param>
    /// <param name="firstColumn">First column.</param>
    /// <param name="factors">Receives them, one a column.</param>
    public void Factors(int token, int firstColumn, Span<float> factors)
    {
        var mixed = Mix(_layerKey ^ unchecked((ulong)(_firstToken + token)));
        var (key, stride) = ((uint)mixed, (uint)(mixed >> 32) | 1); // odd: column × stride visits every 32-bit number once
        var width = Vector<uint>.Count;
        var i = 0;
        for (; i + width <= factors.Length; i += width)
        {
            var x = Hash((new Vector<uint>((uint)(firstColumn + i)) + Vector<uint>.Indices) * stride + new Vector<uint>(key));
            var keep = Vector.GreaterThanOrEqual(x, new Vector<uint>(_bound));
            Vector.ConditionalSelect(Vector.AsVectorSingle(keep), new Vector<float>(_kept), Vector<float>.Zero).CopyTo(factors[i..]);
        }

        for (; i < factors.Length; i++) factors[i] = Hash(new Vector<uint>(((uint)(firstColumn + i) * stride) + key))[0] >= _bound ? _kept : 0;
    }

    /// <summary>target = mask · source.</summary>
    /// <param name="team">The threads.</param>
    /// <param name="source">[tokens, columns], fp32 or bf16.</param>
    /// <param name="target">[tokens, columns] of the same type.</param>
    public void Apply(Team team, Matrix source, Matrix target)
    {
        var mask = this;
        RowBlocks.Run(team, source.Rows, row => mask.Apply(row, source, target));
    }

    /// <summary>target += mask · source for some columns of a token, on the calling thread.</summary>
    /// <param name="token">Row of the micro-batch.</param>
    /// <param name="firstColumn">First column.</param>
    /// <param name="source">[columns], fp32.</param>
    /// <param name="target">[columns], fp32.</param>
    /// <param name="columns">How many.</param>
    [SkipLocalsInit]
    public void Add(int token, int firstColumn, float* source, float* target, int columns)
    {
        var factors = stackalloc float[Piece];
        for (var done = 0; done < columns; done += Piece)
        {
            var count = Math.Min(Piece, columns - done);
            Factors(token, firstColumn + done, new Span<float>(factors, count));
            FloatRows.AddProduct(source + done, factors, target + done, count);
        }
    }

    [SkipLocalsInit]
    private void Apply(int row, Matrix source, Matrix target)
    {
        float* factors = stackalloc float[Piece], values = stackalloc float[Piece];
        for (var done = 0; done < source.Columns; done += Piece)
        {
            var count = Math.Min(Piece, source.Columns - done);
            var size = (nint)done * source.Type.Size();
            Factors(row, done, new Span<float>(factors, count));
            Conversion.Copy(source.Type, source.Row(row) + size, ElementType.Float32, (byte*)values, count, 1);
            FloatRows.Multiply(values, factors, values, count);
            Conversion.Copy(ElementType.Float32, (byte*)values, target.Type, target.Row(row) + size, count, 1);
        }
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
