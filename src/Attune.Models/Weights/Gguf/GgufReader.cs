using System.Buffers.Binary;
using System.Text;

namespace Attune.Models.Weights.Gguf;

/// <summary>Reads the header's numbers and strings in turn; whatever the file cannot justify is refused before memory is taken.</summary>
internal sealed class GgufReader(MappedFile file)
{
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    public long Position { get; private set; }

    public long Remaining => file.Length - Position;

    public byte Byte() => Take(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    /// <summary>A count of things of at least this many bytes each, so that a wrong count cannot ask for more than the file holds.</summary>
    public int Count(int bytesEach, string what)
    {
        var count = UInt64();
        if (count > (ulong)(Remaining / bytesEach) || count > int.MaxValue)
            throw new InvalidDataException($"it claims {count} {what}, more than the file has room for");
        return (int)count;
    }

    public string String(string what)
    {
        var length = UInt64();
        if (length > (ulong)Remaining || length > int.MaxValue) throw new InvalidDataException($"{what} claims {length} bytes, more than the file has left");
        var bytes = Take((int)length);
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDataException($"{what} is not UTF-8", exception);
        }
    }

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count > Remaining) throw new InvalidDataException($"it ends at byte {file.Length}, inside the header");
        var bytes = file.Bytes(Position, count);
        Position += count;
        return bytes;
    }
}
