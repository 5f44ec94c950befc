using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static Attune.Models.Weights.Gguf.QuantizedValues;

namespace Attune.Models.Weights.Gguf;

/// <summary>
/// ggml's IQ1 types: 8 values are a point of −1, 0, 1, shifted by ±⅛, times d (2 s + 1) with a 3-bit scale s. Points are
/// held times 8, so that the shift is a whole number; dividing the scale by 8 instead is exact.
/// </summary>
internal static class TernaryCodebookBlocks
{
    private const int Values = 256;

    /// <summary>d, 32 low codebook bytes, then a word per 32 values: four times three high codebook bits, scale, sign of the shift.</summary>
    public static void IQ1_S(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[50..], values = values[Values..])
        {
            for (var group = 0; group < 8; group++)
            {
                var low = blocks.Slice(2 + (group * 4), 4);
                int word = MemoryMarshal.Read<ushort>(blocks[(34 + (group * 2))..]);
                var scale = Half(blocks) * ((2 * (word >> 12 & 7)) + 1) * 0.125f;
                var shift = (word & 0x8000) != 0;
                for (var i = 0; i < 4; i += 2)
                {
                    Write(low[i] | (word >> (3 * i) & 7) << 8, shift, low[i + 1] | (word >> (3 * (i + 1)) & 7) << 8, shift,
                        scale, values[((group * 32) + (i * 8))..]);
                }
            }
        }
    }

    /// <summary>
    /// 32 low codebook bytes, 32 nibbles of three high codebook bits and the sign of the shift, four words of four 3-bit
    /// scales (for 16 values each); the words' top nibbles together are d.
    /// </summary>
    public static void IQ1_M(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[56..], values = values[Values..])
        {
            var scales = MemoryMarshal.Read<ulong>(blocks[48..]);
            var d = (float)BitConverter.UInt16BitsToHalf(
                (ushort)((scales >> 12 & 0xF) | (scales >> 24 & 0xF0) | (scales >> 36 & 0xF00) | (scales >> 48 & 0xF000)));
            for (var group = 0; group < 16; group++)
            {
                var low = blocks.Slice(group * 2, 2);
                int high = blocks[32 + group];
                var scale = d * ((2 * (int)(scales >> ((group / 4 * 16) + (group % 4 * 3)) & 7)) + 1) * 0.125f;
                Write(low[0] | (high & 7) << 8, (high & 8) != 0, low[1] | (high >> 4 & 7) << 8, (high & 128) != 0,
                    scale, values[(group * 16)..]);
            }
        }
    }

    private static void Write(int first, bool firstDown, int second, bool secondDown, float scale, Span<float> values)
    {
        var points = Vector128.Create(Codebooks.IQ1[first], Codebooks.IQ1[second]).AsSByte();
        var shift = Vector128.Create(Vector64.Create((sbyte)(firstDown ? -1 : 1)), Vector64.Create((sbyte)(secondDown ? -1 : 1)));
        Scale(points + shift, scale, values);
    }
}
