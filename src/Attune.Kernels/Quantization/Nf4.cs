namespace Attune.Kernels.Quantization;

/// <summary>
/// 4-bit NormalFloat quantization (Dettmers et al. 2023, "QLoRA"), laid out and rounded as in bitsandbytes files. Values
/// are taken in row-major order, whatever the rows; each block of them shares the largest magnitude as its fp32 scale.
/// Byte i holds value 2i in its high half and value 2i + 1 in its low half.
/// </summary>
public static class Nf4
{
    /// <summary>Values of a block where nothing else is said.</summary>
    public const int BlockSize = 64;

    /// <summary>Bytes that hold this many values.</summary>
    public static int PackedBytes(int count) => (count / 2) + (count % 2);

    /// <summary>Blocks of this many values; the last may be short.</summary>
    public static int Blocks(int count, int blockSize = BlockSize) => (count / blockSize) + (count % blockSize == 0 ? 0 : 1);

    /// <summary>Quantizes.</summary>
    /// <param name="values">Finite values.</param>
    /// <param name="packed">Receives <see cref="PackedBytes"/> of codes.</param>
    /// <param name="absmax">Receives the scales, one a block.</param>
    /// <param name="blockSize">Values of a block, even.</param>
    /// <exception cref="ArgumentException">A length does not fit, or a value is infinite or not a number.</exception>
    public static void Quantize(ReadOnlySpan<float> values, Span<byte> packed, Span<float> absmax, int blockSize = BlockSize)
    {
        RequireLengths(values.Length, packed.Length, absmax.Length, blockSize);
        for (var block = 0; block < absmax.Length; block++)
        {
            var start = block * blockSize;
            absmax[block] = values.Length - start >= blockSize
                ? Nf4Encoder.Full(values.Slice(start, blockSize), packed[(start / 2)..])
                : Nf4Encoder.Last(values[start..], packed[(start / 2)..]);
            if (!float.IsFinite(absmax[block]))
                throw new ArgumentException($"Values {start} to {Math.Min(start + blockSize, values.Length) - 1} are not all finite.", nameof(values));
        }
    }

    /// <summary>Code values times scales, in fp32.</summary>
    /// <param name="packed">Codes.</param>
    /// <param name="absmax">Scales, one a block.</param>
    /// <param name="values">Receives the values.</param>
    /// <param name="blockSize">Values of a block, even.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static void Dequantize(ReadOnlySpan<byte> packed, ReadOnlySpan<float> absmax, Span<float> values, int blockSize = BlockSize)
    {
        RequireLengths(values.Length, packed.Length, absmax.Length, blockSize);
        Decode(packed, absmax, values, blockSize, 0);
    }

    /// <summary>As <see cref="Dequantize(ReadOnlySpan{byte}, ReadOnlySpan{float}, Span{float}, int)"/>, then rounded to bf16, ties to even.</summary>
    /// <param name="packed">Codes.</param>
    /// <param name="absmax">Scales, one a block.</param>
    /// <param name="bf16">Receives the bits of the values.</param>
    /// <param name="blockSize">Values of a block, even.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static void Dequantize(ReadOnlySpan<byte> packed, ReadOnlySpan<float> absmax, Span<ushort> bf16, int blockSize = BlockSize)
    {
        RequireLengths(bf16.Length, packed.Length, absmax.Length, blockSize);
        Decode(packed, absmax, bf16, blockSize, 0);
    }

    /// <summary>Decodes values that begin inside a block.</summary>
    /// <param name="packed">Codes from the first value on.</param>
    /// <param name="absmax">Scales, the first of the block in which the values begin.</param>
    /// <param name="values">Receives fp32, or bf16 as <see cref="ushort"/>.</param>
    /// <param name="blockSize">Values of a block, even.</param>
    /// <param name="skipped">How many values of the first block lie before, even.</param>
    internal static void Decode<T>(ReadOnlySpan<byte> packed, ReadOnlySpan<float> absmax, Span<T> values, int blockSize, int skipped)
        where T : unmanaged
    {
        var head = skipped == 0 ? 0 : Math.Min(blockSize - skipped, values.Length);
        if (head > 0)
        {
            Nf4Decoder.Decode(packed, absmax[..1], values[..head], head);
            packed = packed[(head / 2)..];
            absmax = absmax[1..];
            values = values[head..];
        }

        var blocks = values.Length / blockSize;
        var whole = blocks * blockSize;
        if (blocks > 0) Nf4Decoder.Decode(packed, absmax[..blocks], values[..whole], blockSize);
        if (whole < values.Length) Nf4Decoder.Decode(packed[(whole / 2)..], absmax[blocks..], values[whole..], values.Length - whole);
    }

    /// <summary>What loops without bounds checks rest on.</summary>
    /// <exception cref="ArgumentException">Too few codes, or not the values of the blocks.</exception>
    internal static void RequireBlocks(int packed, int absmax, int values, int blockSize)
    {
        if (values != (long)absmax * blockSize || packed < PackedBytes(values)) throw new ArgumentException($"{absmax} blocks of {blockSize} do not fit {packed} bytes and {values} values.", nameof(values));
    }

    private static void RequireLengths(int values, int packed, int absmax, int blockSize)
    {
        if (blockSize <= 0 || blockSize % 2 != 0) throw new ArgumentException($"Blocks of {blockSize} values are not possible.", nameof(blockSize));
        if (packed != PackedBytes(values)) throw new ArgumentException($"{values} values need {PackedBytes(values)} bytes, not {packed}.", nameof(packed));
        if (absmax != Blocks(values, blockSize)) throw new ArgumentException($"{values} values need {Blocks(values, blockSize)} scales, not {absmax}.", nameof(absmax));
    }
}
