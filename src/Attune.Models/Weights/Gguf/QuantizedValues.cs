using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Attune.Models.Weights.Gguf;

/// <summary>
/// The last step of every block type: small whole numbers times a scale, plus a minimum. Products and sums are rounded
/// one after the other (never fused), as the reference does, so that values are equal bit for bit.
/// </summary>
internal static class QuantizedValues
{
    /// <summary>values[i] = q[i] · scale.</summary>
    public static void Scale(Vector128<sbyte> q, float scale, Span<float> values)
    {
        var (a, b, c, d) = Widen(q);
        Store(values, a * scale, b * scale, c * scale, d * scale);
    }

    /// <summary>values[i] = q[i] · scale + minimum.</summary>
    public static void Scale(Vector128<byte> q, float scale, float minimum, Span<float> values)
    {
        var (a, b, c, d) = Widen(q.AsSByte());
        var m = Vector128.Create(minimum);
        Store(values, (a * scale) + m, (b * scale) + m, (c * scale) + m, (d * scale) + m);
    }

    /// <summary>16 bytes of a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Load(ReadOnlySpan<byte> block, int at) => Vector128.Create(block.Slice(at, 16));

    /// <summary>The bits <paramref name="count"/> wide that begin at bit <paramref name="first"/> of every byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Bits(Vector128<byte> bytes, int first, int count) =>
        (bytes >> first) & Vector128.Create((byte)((1 << count) - 1));

    /// <summary>Lane i is <paramref name="value"/> where bit i is set, else 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Spread(ushort bits, byte value)
    {
        var lanes = Vector128.Shuffle(Vector128.Create(bits).AsByte(), Vector128.Create((byte)0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1));
        var mask = Vector128.Create(0x8040201008040201UL).AsByte();
        return Vector128.Equals(lanes & mask, mask) & Vector128.Create(value);
    }

    /// <summary>A half-precision scale.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Half(ReadOnlySpan<byte> block, int at = 0) => (float)MemoryMarshal.Read<Half>(block[at..]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<float> A, Vector128<float> B, Vector128<float> C, Vector128<float> D) Widen(Vector128<sbyte> q)
    {
        var (low, high) = Vector128.Widen(q);
        var (a, b) = Vector128.Widen(low);
        var (c, d) = Vector128.Widen(high);
        return (Vector128.ConvertToSingle(a), Vector128.ConvertToSingle(b), Vector128.ConvertToSingle(c), Vector128.ConvertToSingle(d));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Span<float> values, Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d)
    {
        a.CopyTo(values);
        b.CopyTo(values[4..]);
        c.CopyTo(values[8..]);
        d.CopyTo(values[12..]);
    }
}
