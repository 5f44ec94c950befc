using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static Attune.Models.Weights.Gguf.QuantizedValues;

namespace Attune.Models.Weights.Gguf;

/// <summary>Types whose four bits choose one of 16 uneven levels.</summary>
internal static class NonLinearBlocks
{
    // Levels of the IQ4 types, denser around zero.
    private static readonly Vector128<sbyte> Uneven =
        Vector128.Create((sbyte)-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113);

    // 4-bit floats (E2M1: Open Compute Project, "Microscaling formats (MX)", 5.3.3), doubled to be whole numbers.
    private static readonly Vector128<sbyte> TwiceE2M1 =
        Vector128.Create((sbyte)0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12);

    /// <summary>d, 16 bytes: d · level; low four bits are the first half.</summary>
    public static void IQ4_NL(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[18..], values = values[32..])
            Levels(Uneven, Load(blocks, 2), Half(blocks), values);
    }

    /// <summary>d, 8 high scale bits in pairs, 8 low scale nibbles, 128 bytes: d (s − 32) · level, in groups of 32.</summary>
    public static void IQ4_XS(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[136..], values = values[256..])
        {
            var (d, high) = (Half(blocks), MemoryMarshal.Read<ushort>(blocks[2..]));
            for (var group = 0; group < 8; group++)
            {
                var scale = (blocks[4 + (group / 2)] >> (group % 2 * 4) & 15) | (high >> (group * 2) & 3) << 4;
                Levels(Uneven, Load(blocks, 8 + (group * 16)), d * (scale - 32), values[(group * 32)..]);
            }
        }
    }

    /// <summary>An exponent byte e, 16 bytes of E2M1: 2^(e − 127) · value.</summary>
    public static void MXFP4(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[17..], values = values[32..])
        {
            // Half of the power of two, because levels are doubled; 2^−127 and 2^−128 are subnormal in fp32.
            var exponent = blocks[0];
            var scale = BitConverter.UInt32BitsToSingle(exponent < 2 ? 0x200000u << exponent : (uint)(exponent - 1) << 23);
            Levels(TwiceE2M1, Load(blocks, 1), scale, values);
        }
    }

    /// <summary>Four scales as 8-bit floats (E4M3 without sign), 32 bytes of E2M1, in groups of 16: scale · value.</summary>
    public static void NVFP4(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; values.Length > 0; blocks = blocks[36..], values = values[64..])
        {
            for (var group = 0; group < 4; group++)
            {
                // 8 bytes: the low nibbles are the group's first 8 values, the high ones its last 8.
                var bytes = MemoryMarshal.Read<ulong>(blocks[(4 + (group * 8))..]);
                var codes = Vector128.Create(bytes & 0x0F0F0F0F0F0F0F0F, bytes >> 4 & 0x0F0F0F0F0F0F0F0F).AsByte();
                Scale(Vector128.Shuffle(TwiceE2M1, codes.AsSByte()), HalfOfE4M3(blocks[group]), values[(group * 16)..]);
            }
        }
    }

    private static void Levels(Vector128<sbyte> levels, Vector128<byte> bytes, float scale, Span<float> values)
    {
        Scale(Vector128.Shuffle(levels, Bits(bytes, 0, 4).AsSByte()), scale, values);
        Scale(Vector128.Shuffle(levels, Bits(bytes, 4, 4).AsSByte()), scale, values[16..]);
    }

    /// <summary>Half of an E4M3 value, because levels are doubled; the sign is ignored, and 0x7F (not-a-number in E4M3) is zero.</summary>
    private static float HalfOfE4M3(byte code)
    {
        var (exponent, mantissa) = (code >> 3 & 15, code & 7);
        if (code == 0x7F) return 0;
        return exponent == 0 ? mantissa * MathF.Pow(2, -10) : (8 + mantissa) * MathF.Pow(2, exponent - 11);
    }
}
