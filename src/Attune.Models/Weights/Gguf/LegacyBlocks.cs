using System.Runtime.InteropServices;

namespace Attune.Models.Weights.Gguf;

/// <summary>
/// ggml's first block types: 32 values of 4, 5 or 8 bits with a half-precision scale d, and in the "_1" types a minimum
/// m. Value i of the first half is in the low four bits of byte i, value i + 16 in the high ones.
/// </summary>
internal static class LegacyBlocks
{
    private const int Values = 32;

    /// <summary>d, 16 bytes: (q − 8) d.</summary>
    public static void Q4_0(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[18..], values = values[Values..])
        {
            var d = Half16(blocks);
            for (var i = 0; i < 16; i++)
            {
                int both = blocks[2 + i];
                values[i] = ((both & 15) - 8) * d;
                values[i + 16] = ((both >> 4) - 8) * d;
            }
        }
    }

    /// <summary>d, m, 16 bytes: q d + m.</summary>
    public static void Q4_1(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[20..], values = values[Values..])
        {
            var (d, m) = (Half16(blocks), Half16(blocks[2..]));
            for (var i = 0; i < 16; i++)
            {
                int both = blocks[4 + i];
                values[i] = ((both & 15) * d) + m;
                values[i + 16] = ((both >> 4) * d) + m;
            }
        }
    }

    /// <summary>d, the 32 fifth bits, 16 bytes: (q − 16) d.</summary>
    public static void Q5_0(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[22..], values = values[Values..])
        {
            var (d, high) = (Half16(blocks), MemoryMarshal.Read<uint>(blocks[2..]));
            for (var i = 0; i < 16; i++)
            {
                int both = blocks[6 + i];
                values[i] = ((both & 15 | Fifth(high, i)) - 16) * d;
                values[i + 16] = ((both >> 4 | Fifth(high, i + 16)) - 16) * d;
            }
        }
    }

    /// <summary>d, m, the 32 fifth bits, 16 bytes: q d + m.</summary>
    public static void Q5_1(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[24..], values = values[Values..])
        {
            var (d, m, high) = (Half16(blocks), Half16(blocks[2..]), MemoryMarshal.Read<uint>(blocks[4..]));
            for (var i = 0; i < 16; i++)
            {
                int both = blocks[8 + i];
                values[i] = ((both & 15 | Fifth(high, i)) * d) + m;
                values[i + 16] = ((both >> 4 | Fifth(high, i + 16)) * d) + m;
            }
        }
    }

    /// <summary>d, 32 signed bytes: q d.</summary>
    public static void Q8_0(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[34..], values = values[Values..])
        {
            var d = Half16(blocks);
            for (var i = 0; i < Values; i++) values[i] = (sbyte)blocks[2 + i] * d;
        }
    }

    private static int Fifth(uint bits, int index) => (int)(bits >> index & 1) << 4;

    private static float Half16(ReadOnlySpan<byte> bytes) => (float)MemoryMarshal.Read<Half>(bytes);
}
