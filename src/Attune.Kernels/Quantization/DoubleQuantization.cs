namespace Attune.Kernels.Quantization;

/// <summary>
/// The scales of 4-bit blocks, quantized in turn (Dettmers et al. 2023, "QLoRA", section 3): their mean is taken off, the
/// rest goes to 8 bits with the signed dynamic map in blocks of 256, whatever the size of the 4-bit blocks.
/// </summary>
public static class DoubleQuantization
{
    /// <summary>Scales that share a nested scale.</summary>
    public const int BlockSize = EightBitBlocks.BlockSize;

    /// <summary>Quantizes scales.</summary>
    /// <param name="absmax">The scales, finite.</param>
    /// <param name="codes">Receives a code for each.</param>
    /// <param name="nestedAbsmax">Receives the nested scales, one for 256.</param>
    /// <returns>The mean: an offset for all.</returns>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static float Quantize(ReadOnlySpan<float> absmax, Span<byte> codes, Span<float> nestedAbsmax)
    {
        var sum = 0.0;
        foreach (var scale in absmax) sum += scale;
        var offset = absmax.IsEmpty ? 0 : (float)(sum / absmax.Length);
        var rest = new float[absmax.Length];
        for (var i = 0; i < rest.Length; i++) rest[i] = absmax[i] - offset;
        EightBitBlocks.Quantize(DynamicMap.Signed, rest, codes, nestedAbsmax);
        return offset;
    }

    /// <summary>Some of the scales: code value × nested scale + offset, each operation rounded to fp32.</summary>
    /// <param name="codes">All codes.</param>
    /// <param name="nestedAbsmax">All nested scales.</param>
    /// <param name="offset">The offset.</param>
    /// <param name="first">Number of the first scale wanted.</param>
    /// <param name="absmax">Receives the scales from there on.</param>
    public static void Dequantize(ReadOnlySpan<byte> codes, ReadOnlySpan<float> nestedAbsmax, float offset, int first, Span<float> absmax)
    {
        var values = DynamicMap.Signed.Values[..256];
        codes = codes.Slice(first, absmax.Length);
        for (var i = 0; i < codes.Length;)
        {
            var nested = nestedAbsmax[(first + i) / BlockSize];
            for (var end = Math.Min(codes.Length, i + BlockSize - ((first + i) % BlockSize)); i < end; i++)
                absmax[i] = (values[codes[i]] * nested) + offset;
        }
    }
}
