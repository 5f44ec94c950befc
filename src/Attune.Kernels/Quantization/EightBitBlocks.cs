using System.Runtime.Intrinsics.X86;

namespace Attune.Kernels.Quantization;

/// <summary>
/// Blockwise 8-bit quantization (Dettmers et al. 2022, "8-bit Optimizers via Block-wise Quantization"): a block's values
/// are divided by their largest magnitude, its fp32 scale, and each takes the code of the nearest value of a map. Blocks
/// are taken in row-major order; the last may be short.
/// </summary>
public static class EightBitBlocks
{
    /// <summary>Values of a block where nothing else is said: that of optimizer states and of double quantization.</summary>
    public const int BlockSize = 256;

    private const float Smallest = 1e-38f; // in place of a scale of 0, which nothing can be divided by

    /// <summary>Blocks of this many values.</summary>
    public static int Blocks(long count, int blockSize = BlockSize) => checked((int)((count + blockSize - 1) / blockSize));

    /// <summary>Quantizes. A block of zeros gets the scale 0; in a block with an infinite value or NaN the scale is so, too.</summary>
    /// <param name="map">The number type.</param>
    /// <param name="values">Values; for an unsigned map none below 0.</param>
    /// <param name="codes">Receives as many codes.</param>
    /// <param name="absmax">Receives the scales, one a block.</param>
    /// <param name="blockSize">Values of a block.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static void Quantize(DynamicMap map, ReadOnlySpan<float> values, Span<byte> codes, Span<float> absmax, int blockSize = BlockSize)
    {
        RequireLengths(values.Length, codes.Length, absmax.Length, blockSize);
        for (var block = 0; block < absmax.Length; block++)
        {
            var start = block * blockSize;
            var count = Math.Min(blockSize, values.Length - start);
            absmax[block] = QuantizeBlock(map, values.Slice(start, count), codes.Slice(start, count), isFull: count == blockSize);
        }
    }

    /// <summary>Code values times scales, in fp32.</summary>
    /// <param name="map">The number type.</param>
    /// <param name="codes">Codes.</param>
    /// <param name="absmax">Scales, one a block.</param>
    /// <param name="values">Receives as many values.</param>
    /// <param name="blockSize">Values of a block.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static void Dequantize(DynamicMap map, ReadOnlySpan<byte> codes, ReadOnlySpan<float> absmax, Span<float> values, int blockSize = BlockSize)
    {
        RequireLengths(values.Length, codes.Length, absmax.Length, blockSize);
        for (var block = 0; block < absmax.Length; block++)
        {
            var start = block * blockSize;
            var count = Math.Min(blockSize, values.Length - start);
            DequantizeBlock(map, codes.Slice(start, count), absmax[block], values.Slice(start, count));
        }
    }

    /// <summary>Quantizes one block.</summary>
    /// <param name="map">The number type.</param>
    /// <param name="values">Its values.</param>
    /// <param name="codes">Receives as many codes.</param>
    /// <param name="isFull">
    /// Whether the block has its full size. Then values are multiplied by the reciprocal of the scale; in the short block at
    /// the end they are divided by it, as bitsandbytes does, whose codes differ by it within a rounding of a bound.
    /// </param>
    /// <returns>The scale.</returns>
    public static float QuantizeBlock(DynamicMap map, ReadOnlySpan<float> values, Span<byte> codes, bool isFull = true)
    {
        var absmax = BlockMaximum.Of(values);
        if (isFull)
        {
            map.Codes.Of(values, 1 / MathF.Max(absmax, Smallest), codes);
            return absmax;
        }

        Span<float> quotients = stackalloc float[BlockSize];
        for (var done = 0; done < values.Length; done += quotients.Length)
        {
            var part = values[done..Math.Min(values.Length, done + quotients.Length)];
            for (var i = 0; i < part.Length; i++) quotients[i] = part[i] / MathF.Max(absmax, Smallest);
            map.Codes.Of(quotients[..part.Length], 1, codes[done..]);
        }

        return absmax;
    }

    /// <summary>Dequantizes one block.</summary>
    /// <param name="map">The number type.</param>
    /// <param name="codes">Its codes.</param>
    /// <param name="absmax">Its scale.</param>
    /// <param name="values">Receives as many values.</param>
    public static void DequantizeBlock(DynamicMap map, ReadOnlySpan<byte> codes, float absmax, Span<float> values)
    {
        var table = map.Values[..256];
        values = values[..codes.Length];
        var done = Avx512Vbmi.IsSupported ? map.Table512.Decode(codes, absmax, values) : 0;
        for (var i = done; i < codes.Length; i++) values[i] = table[codes[i]] * absmax;
    }

    private static void RequireLengths(int values, int codes, int absmax, int blockSize)
    {
        if (blockSize <= 0) throw new ArgumentException($"Blocks of {blockSize} values are not possible.", nameof(blockSize));
        if (codes != values) throw new ArgumentException($"{values} values need as many codes, not {codes}.", nameof(codes));
        if (absmax != Blocks(values, blockSize)) throw new ArgumentException($"{values} values need {Blocks(values, blockSize)} scales, not {absmax}.", nameof(absmax));
    }
}
