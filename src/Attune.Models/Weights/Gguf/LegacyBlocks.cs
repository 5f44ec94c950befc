using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static Attune.Models.Weights.Gguf.QuantizedValues;

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
        var eight = Vector128.Create((sbyte)8);
        for (; values.Length > 0; blocks = blocks[18..], values = values[Values..])
        {
            var (d, bytes) = (Half(blocks), Load(blocks, 2));
            Scale(Bits(bytes, 0, 4).AsSByte() - eight, d, values);
            Scale(Bits(bytes, 4, 4).AsSByte() - eight, d, values[16..]);
        }
    }

    /// <summary>d, m, 16 bytes: q d + m.</summary>
    public static void Q4_1(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[20..], values = values[Values..])
        {
            var (d, m, bytes) = (Half(blocks), Half(blocks, 2), Load(blocks, 4));
            Scale(Bits(bytes, 0, 4), d, m, values);
            Scale(Bits(bytes, 4, 4), d, m, values[16..]);
        }
    }

    /// <summary>d, the 32 fifth bits, 16 bytes: (q − 16) d.</summary>
    public static void Q5_0(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        var sixteen = Vector128.Create((sbyte)16);
        for (; values.Length > 0; blocks = blocks[22..], values = values[Values..])
        {
            var (d, fifth, bytes) = (Half(blocks), MemoryMarshal.Read<uint>(blocks[2..]), Load(blocks, 6));
            Scale((Bits(bytes, 0, 4) | Spread((ushort)fifth, 16)).AsSByte() - sixteen, d, values);
            Scale((Bits(bytes, 4, 4) | Spread((ushort)(fifth >> 16), 16)).AsSByte() - sixteen, d, values[16..]);
        }
    }

    /// <summary>d, m, the 32 fifth bits, 16 bytes: q d + m.</summary>
    public static void Q5_1(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[24..], values = values[Values..])
        {
            var (d, m, fifth, bytes) = (Half(blocks), Half(blocks, 2), MemoryMarshal.Read<uint>(blocks[4..]), Load(blocks, 8));
            Scale(Bits(bytes, 0, 4) | Spread((ushort)fifth, 16), d, m, values);
            Scale(Bits(bytes, 4, 4) | Spread((ushort)(fifth >> 16), 16), d, m, values[16..]);
        }
    }

    /// <summary>d, 32 signed bytes: q d.</summary>
    public static void Q8_0(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[34..], values = values[Values..])
        {
            var d = Half(blocks);
            Scale(Load(blocks, 2).AsSByte(), d, values);
            Scale(Load(blocks, 18).AsSByte(), d, values[16..]);
        }
    }
}
