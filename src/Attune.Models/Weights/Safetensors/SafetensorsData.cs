using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Attune.Models.Weights.Safetensors;

/// <summary>Elements of a tensor, copied or widened once from the mapped file.</summary>
internal static class SafetensorsData
{
    private static readonly float[] E4M3 = Table(exponentBits: 4, mantissaBits: 3, bias: 7);
    private static readonly float[] E5M2 = Table(exponentBits: 5, mantissaBits: 2, bias: 15);

    public static Tensor Read(MappedFile file, long dataStart, SafetensorsEntry entry, ScalarType? wanted) =>
        TensorPieces.Create(entry.Shape, entry.Type.Read, wanted ?? entry.Type.Read, (first, count, target) =>
        {
            var size = entry.Type.Bytes;
            var source = file.Bytes(dataStart + entry.Begin + (first * size), count * size);
            switch (entry.Type.Name)
            {
                case "U16":
                    Widen(source, MemoryMarshal.Cast<byte, int>(target), bytes => MemoryMarshal.Read<ushort>(bytes), size);
                    break;
                case "U32":
                    Widen(source, MemoryMarshal.Cast<byte, long>(target), bytes => MemoryMarshal.Read<uint>(bytes), size);
                    break;
                case "U64":
                    Widen(source, MemoryMarshal.Cast<byte, long>(target), bytes => Signed(MemoryMarshal.Read<ulong>(bytes), file.Path, entry.Name), size);
                    break;
                case "F8_E4M3":
                    Widen(source, MemoryMarshal.Cast<byte, float>(target), bytes => E4M3[bytes[0]], size);
                    break;
                case "F8_E5M2":
                    Widen(source, MemoryMarshal.Cast<byte, float>(target), bytes => E5M2[bytes[0]], size);
                    break;
                case "BOOL":
                    Widen(source, target, bytes => bytes[0] == 0 ? (byte)0 : (byte)1, size); // torch computes wrongly on other bytes
                    break;
                default:
                    source.CopyTo(target);
                    break;
            }
        });

    private static void Widen<T>(ReadOnlySpan<byte> source, Span<T> target, Func<ReadOnlySpan<byte>, T> read, int size)
    {
        for (var i = 0; i < target.Length; i++) target[i] = read(source[(i * size)..]);
    }

    private static long Signed(ulong value, string path, string name) => value <= long.MaxValue
        ? (long)value
        : throw new AttuneException(ExitCode.Model, $"{path}: {name} holds {value}; numbers of 2^63 and more are not read.");

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
