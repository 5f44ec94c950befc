using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static Attune.Models.Weights.Gguf.QuantizedValues;

namespace Attune.Models.Weights.Gguf;

/// <summary>Types of one bit or one ternary digit a value.</summary>
internal static class LowBitBlocks
{
    /// <summary>d, 128 bits: d where the bit is set, else −d.</summary>
    public static void Q1_0(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[18..], values = values[128..])
        {
            var d = Half(blocks);
            for (var group = 0; group < 8; group++) // of 16 values
            {
                var twos = Spread(MemoryMarshal.Read<ushort>(blocks[(2 + (group * 2))..]), 2);
                Scale(twos.AsSByte() - Vector128<sbyte>.One, d, values[(group * 16)..]);
            }
        }
    }

    /// <summary>64 bytes of four 2-bit values, d: d (q − 1). A run of 32 values shares a bit position of 32 bytes.</summary>
    public static void TQ2_0(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[66..], values = values[256..])
        {
            var d = Half(blocks, 64);
            for (var group = 0; group < 16; group++)
            {
                var q = Bits(Load(blocks, (group / 8 * 32) + (group % 2 * 16)), group / 2 % 4 * 2, 2);
                Scale(q.AsSByte() - Vector128<sbyte>.One, d, values[(group * 16)..]);
            }
        }
    }

    /// <summary>
    /// 48 bytes of five ternary digits and 4 bytes of four, d: d (t − 1). A byte is the fraction 0.t₁t₂… in base 3 of 256,
    /// so that digit n is the whole part after multiplying by 3ⁿ. Digits of one place lie together: first 32 bytes, then 16, then 4.
    /// </summary>
    public static void TQ1_0(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        Span<sbyte> digits = stackalloc sbyte[256];
        for (; values.Length > 0; blocks = blocks[54..], values = values[256..])
        {
            Digits(blocks[..32], 5, digits);
            Digits(blocks[32..48], 5, digits[160..]);
            Digits(blocks[48..52], 4, digits[240..]);
            for (var i = 0; i < digits.Length; i += 16)
                Scale(Vector128.Create<sbyte>(digits.Slice(i, 16)), Half(blocks, 52), values[i..]);
        }
    }

    private static void Digits(ReadOnlySpan<byte> bytes, int places, Span<sbyte> digits)
    {
        for (int place = 0, power = 1; place < places; place++, power *= 3)
        {
            for (var i = 0; i < bytes.Length; i++)
                digits[(place * bytes.Length) + i] = (sbyte)(((byte)(bytes[i] * power) * 3 >> 8) - 1);
        }
    }
}
