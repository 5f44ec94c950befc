using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Attune.Models.Weights.Safetensors;

/// <summary>Elements of a tensor, copied from the file in pieces that a span can hold.</summary>
internal static class SafetensorsData
{
    private const int Piece = 1 << 24; // elements copied or converted at a time

    /// <summary>A tensor of the file's type; types that torch's binding lacks become Int64 (unsigned integers) or Float32 (8-bit floats).</summary>
    public static Tensor Read(MappedFile file, long dataStart, SafetensorsEntry entry)
    {
        var target = entry.Type.Torch ?? (entry.Type.Name.StartsWith('U') ? ScalarType.Int64 : ScalarType.Float32);
        var tensor = empty(entry.Shape, target);
        var elements = (entry.End - entry.Begin) / entry.Type.Bytes;
        var flat = tensor.view(-1);
        for (long done = 0; done < elements; done += Piece)
        {
            var count = (int)Math.Min(Piece, elements - done);
            var source = file.Bytes(dataStart + entry.Begin + (done * entry.Type.Bytes), count * entry.Type.Bytes);
            using var piece = flat.narrow(0, done, count);
            if (entry.Type.Torch is not null) source.CopyTo(piece.bytes);
            else if (target == ScalarType.Int64) Widen(entry, source, MemoryMarshal.Cast<byte, long>(piece.bytes), file.Path);
            else Widen8(source, MemoryMarshal.Cast<byte, float>(piece.bytes), entry.Type.Name == "F8_E4M3" ? E4M3 : E5M2);
        }

        return tensor;
    }

    private static readonly float[] E4M3 = Table(exponentBits: 4, mantissaBits: 3, bias: 7);
    private static readonly float[] E5M2 = Table(exponentBits: 5, mantissaBits: 2, bias: 15);

    private static void Widen(SafetensorsEntry entry, ReadOnlySpan<byte> source, Span<long> target, string path)
    {
        for (var i = 0; i < target.Length; i++)
        {
            var at = source[(i * entry.Type.Bytes)..];
            target[i] = entry.Type.Bytes switch
            {
                2 => MemoryMarshal.Read<ushort>(at),
                4 => MemoryMarshal.Read<uint>(at),
                _ => (long)MemoryMarshal.Read<ulong>(at) is var value and >= 0 ? value
                    : throw new AttuneException(ExitCode.Model, $"{path}: {entry.Name} holds an unsigned number above 2^63, which torch has no type for."),
            };
        }
    }

    private static void Widen8(ReadOnlySpan<byte> source, Span<float> target, float[] table)
    {
        for (var i = 0; i < target.Length; i++) target[i] = table[source[i]];
    }

    /// <summary>
    /// All 256 values of an 8-bit float (Micikevicius et al. 2022, "FP8 formats for deep learning", table 1): E5M2 has
    /// infinities as IEEE 754 does; E4M3 has none, and only its largest pattern is not a number.
    /// </summary>
    private static float[] Table(int exponentBits, int mantissaBits, int bias)
    {
        var table = new float[256];
        var top = (1 << exponentBits) - 1;
        for (var code = 0; code < 256; code++)
        {
            var exponent = (code >> mantissaBits) & top;
            var mantissa = code & ((1 << mantissaBits) - 1);
            var fraction = mantissa / (float)(1 << mantissaBits);
            var magnitude = (exponentBits, exponent, mantissa) switch
            {
                (5, 31, 0) => float.PositiveInfinity,
                (5, 31, _) or (4, 15, 7) => float.NaN,
                (_, 0, _) => fraction * MathF.Pow(2, 1 - bias),
                _ => (1 + fraction) * MathF.Pow(2, exponent - bias),
            };
            table[code] = code < 128 ? magnitude : -magnitude;
        }

        return table;
    }
}
