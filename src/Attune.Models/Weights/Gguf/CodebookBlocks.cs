using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static Attune.Models.Weights.Gguf.QuantizedValues;

namespace Attune.Models.Weights.Gguf;

/// <summary>
/// ggml's IQ2 and IQ3 types: 8 values (IQ3: twice 4) are a point of a codebook with a sign each. 256 values share a
/// half-precision d; groups have whole-number scales s, meant as d (s + ½) ⁄ 4 or, for IQ3, as the methods say.
/// </summary>
internal static class CodebookBlocks
{
    private const int Values = 256;

    /// <summary>d, then per 32 values four codebook bytes and a word: four times 7 bits of signs, 4 bits of scale.</summary>
    public static void IQ2_XXS(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[66..], values = values[Values..])
        {
            for (var group = 0; group < 8; group++)
            {
                var indices = blocks.Slice(2 + (group * 8), 4);
                var word = MemoryMarshal.Read<uint>(blocks[(6 + (group * 8))..]);
                var scale = Half(blocks) * (0.5f + (word >> 28)) * 0.25f;
                for (var i = 0; i < 4; i += 2)
                {
                    Write(Codebooks.IQ2_XXS[indices[i]], EvenSigns(word >> (7 * i)),
                        Codebooks.IQ2_XXS[indices[i + 1]], EvenSigns(word >> (7 * (i + 1))), scale, values[((group * 32) + (i * 8))..]);
                }
            }
        }
    }

    /// <summary>d, 32 words of 9 bits codebook and 7 bits of signs, 16 nibbles of scale (for 16 values each).</summary>
    public static void IQ2_XS(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[74..], values = values[Values..])
        {
            for (var group = 0; group < 16; group++)
            {
                var words = MemoryMarshal.Read<uint>(blocks[(2 + (group * 4))..]);
                var scale = Half(blocks) * (0.5f + Nibble(blocks[66..], group)) * 0.25f;
                Write(Codebooks.IQ2_XS[words & 511], EvenSigns(words >> 9),
                    Codebooks.IQ2_XS[words >> 16 & 511], EvenSigns(words >> 25), scale, values[(group * 16)..]);
            }
        }
    }

    /// <summary>d, 32 low codebook bytes, 32 bytes of signs, 32 times two high codebook bits, 16 nibbles of scale.</summary>
    public static void IQ2_S(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[82..], values = values[Values..])
        {
            for (var group = 0; group < 16; group++)
            {
                var low = blocks.Slice(2 + (group * 2), 2);
                var signs = blocks.Slice(34 + (group * 2), 2);
                var high = Nibble(blocks[66..], group); // two times two bits
                var scale = Half(blocks) * (0.5f + Nibble(blocks[74..], group)) * 0.25f;
                Write(Codebooks.IQ2_S[low[0] | (high & 3) << 8], signs[0],
                    Codebooks.IQ2_S[low[1] | high >> 2 << 8], signs[1], scale, values[(group * 16)..]);
            }
        }
    }

    /// <summary>d, 64 codebook bytes, then a word per 32 values: four times 7 bits of signs, 4 bits of scale: d (s + ½) ⁄ 2.</summary>
    public static void IQ3_XXS(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[98..], values = values[Values..])
        {
            for (var group = 0; group < 8; group++)
            {
                var indices = blocks.Slice(2 + (group * 8), 8);
                var word = MemoryMarshal.Read<uint>(blocks[(66 + (group * 4))..]);
                var scale = Half(blocks) * (0.5f + (word >> 28)) * 0.5f;
                for (var i = 0; i < 4; i += 2)
                {
                    Write(Two(indices[2 * i], indices[(2 * i) + 1]), EvenSigns(word >> (7 * i)),
                        Two(indices[(2 * i) + 2], indices[(2 * i) + 3]), EvenSigns(word >> (7 * (i + 1))), scale, values[((group * 32) + (i * 8))..]);
                }
            }
        }

        static ulong Two(int first, int second) => Codebooks.IQ3_XXS[first] | Codebooks.IQ3_XXS[second] << 32;
    }

    /// <summary>d, 64 low codebook bytes, 64 ninth bits, 32 bytes of signs, 8 nibbles of scale: d (2 s + 1).</summary>
    public static void IQ3_S(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[110..], values = values[Values..])
        {
            for (var group = 0; group < 16; group++) // of 16 values: four points
            {
                var low = blocks.Slice(2 + (group * 4), 4);
                var signs = blocks.Slice(74 + (group * 2), 2);
                var high = Nibble(blocks[66..], group);
                var scale = Half(blocks) * (1 + (2 * Nibble(blocks[106..], group / 2)));
                Write(Point(low, high, 0) | Point(low, high, 1) << 32, signs[0],
                    Point(low, high, 2) | Point(low, high, 3) << 32, signs[1], scale, values[(group * 16)..]);
            }
        }

        static ulong Point(ReadOnlySpan<byte> low, int high, int i) => Codebooks.IQ3_S[low[i] | (high >> i & 1) << 8];
    }

    private static int Nibble(ReadOnlySpan<byte> bytes, int index) => bytes[index / 2] >> (index % 2 * 4) & 15;

    /// <summary>Seven signs of a point; the eighth makes the number of minus signs even.</summary>
    private static byte EvenSigns(uint bits)
    {
        var seven = bits & 127;
        return (byte)(seven | (uint)(BitOperations.PopCount(seven) & 1) << 7);
    }

    private static void Write(ulong first, byte firstSigns, ulong second, byte secondSigns, float scale, Span<float> values)
    {
        var point = Vector128.Create(first, second).AsSByte();
        var minus = Spread((ushort)(firstSigns | secondSigns << 8), 0xFF).AsSByte();
        Scale((point ^ minus) - minus, scale, values); // two's complement: ~x + 1 = −x
    }
}
