using System.Runtime.Intrinsics;
using static Attune.Models.Weights.Gguf.QuantizedValues;

namespace Attune.Models.Weights.Gguf;

/// <summary>
/// ggml's K types: 256 values share half-precision super scales; groups of 16 or 32 values have small whole-number
/// scales (and minima) relative to those.
/// </summary>
internal static class KBlocks
{
    private const int Values = 256;

    /// <summary>16 scale bytes (low four bits: scale, high: minimum), 64 bytes of 2-bit values, d, dmin: d s q − dmin m.</summary>
    public static void Q2_K(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[84..], values = values[Values..])
        {
            var (d, minimum) = (Half(blocks, 80), Half(blocks, 82));
            for (var group = 0; group < 16; group++) // of 16 values
            {
                // A half of the block (8 groups) has 32 bytes; two groups share a bit position.
                var bytes = Load(blocks, 16 + (group / 8 * 32) + (group % 2 * 16));
                var scale = blocks[group];
                Scale(Bits(bytes, group / 2 % 4 * 2, 2), d * (scale & 15), -(minimum * (scale >> 4)), values[(group * 16)..]);
            }
        }
    }

    /// <summary>32 bytes of third bits, 64 bytes of low two bits, 12 bytes of 6-bit scales, d: d (s − 32) (q − 4).</summary>
    public static void Q3_K(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[110..], values = values[Values..])
        {
            var d = Half(blocks, 108);
            for (var group = 0; group < 16; group++)
            {
                var low = Bits(Load(blocks, 32 + (group / 8 * 32) + (group % 2 * 16)), group / 2 % 4 * 2, 2);
                var high = Bits(Load(blocks, group % 2 * 16), group / 2, 1) << 2;
                // Low four bits of scale i: nibble i of the first 8 bytes (0–7 low, 8–15 high); high two bits: in the last four bytes.
                var scale = (blocks[96 + (group % 8)] >> (group / 8 * 4) & 15) | (blocks[104 + (group % 4)] >> (group / 4 * 2) & 3) << 4;
                Scale((low | high).AsSByte() - Vector128.Create((sbyte)4), d * (scale - 32), values[(group * 16)..]);
            }
        }
    }

    /// <summary>d, dmin, 12 bytes of 6-bit scales and minima, 128 bytes of 4-bit values: d s q − dmin m.</summary>
    public static void Q4_K(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[144..], values = values[Values..])
        {
            var (d, minimum) = (Half(blocks), Half(blocks, 2));
            for (var group = 0; group < 8; group++) // of 32 values
            {
                var (scale, least) = ScaleAndMinimum(blocks.Slice(4, 12), group);
                for (var half = 0; half < 32; half += 16)
                {
                    var q = Bits(Load(blocks, 16 + (group / 2 * 32) + half), group % 2 * 4, 4);
                    Scale(q, d * scale, -(minimum * least), values[((group * 32) + half)..]);
                }
            }
        }
    }

    /// <summary>As <see cref="Q4_K"/>, with 32 bytes of fifth bits before the 4-bit values: group g's are bit g.</summary>
    public static void Q5_K(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[176..], values = values[Values..])
        {
            var (d, minimum) = (Half(blocks), Half(blocks, 2));
            for (var group = 0; group < 8; group++)
            {
                var (scale, least) = ScaleAndMinimum(blocks.Slice(4, 12), group);
                for (var half = 0; half < 32; half += 16)
                {
                    var low = Bits(Load(blocks, 48 + (group / 2 * 32) + half), group % 2 * 4, 4);
                    var high = Bits(Load(blocks, 16 + half), group, 1) << 4;
                    Scale(low | high, d * scale, -(minimum * least), values[((group * 32) + half)..]);
                }
            }
        }
    }

    /// <summary>128 bytes of low four bits, 64 bytes of high two bits, 16 signed scales, d: d s (q − 32).</summary>
    public static void Q6_K(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[210..], values = values[Values..])
        {
            var d = Half(blocks, 208);
            for (var group = 0; group < 16; group++)
            {
                // A half of the block (8 groups, four runs of 32 values): runs 0 and 1 are the low nibbles of 64 bytes, 2 and 3 the high ones.
                var (half, run, part) = (group / 8, group / 2 % 4, group % 2);
                var low = Bits(Load(blocks, (half * 64) + (run % 2 * 32) + (part * 16)), run / 2 * 4, 4);
                var high = Bits(Load(blocks, 128 + (half * 32) + (part * 16)), run * 2, 2) << 4;
                Scale((low | high).AsSByte() - Vector128.Create((sbyte)32), d * (sbyte)blocks[192 + group], values[(group * 16)..]);
            }
        }
    }

    /// <summary>
    /// 8 scales and 8 minima of six bits in 12 bytes: the first four of each are bytes 0–3 and 4–7; of the other four the
    /// low bits are the nibbles of bytes 8–11, the high ones the top two bits of bytes 0–3 and 4–7.
    /// </summary>
    private static (int Scale, int Minimum) ScaleAndMinimum(ReadOnlySpan<byte> packed, int group) => group < 4
        ? (packed[group] & 63, packed[group + 4] & 63)
        : ((packed[group + 4] & 15) | packed[group - 4] >> 6 << 4, packed[group + 4] >> 4 | packed[group] >> 6 << 4);
}
