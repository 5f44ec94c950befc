using System.Buffers.Binary;

namespace Attune.Text.Tests.Tokenizers;

/// <summary>Reads the metadata of a well-formed GGUF file for tests; the real reader lives beside the tensors.</summary>
internal sealed class GgufMetadataReader
{
    private readonly BinaryReader file;

    private GgufMetadataReader(BinaryReader file) => this.file = file;

    public static Dictionary<string, object> Read(string path)
    {
        using var file = new BinaryReader(File.OpenRead(path));
        var reader = new GgufMetadataReader(file);
        Assert.Equal(0x46554747u, file.ReadUInt32()); // "GGUF"
        file.ReadUInt32(); // version
        file.ReadUInt64(); // tensors
        var count = file.ReadUInt64();
        var metadata = new Dictionary<string, object>();
        for (var i = 0UL; i < count; i++)
        {
            var key = reader.Text();
            metadata[key] = reader.Value(file.ReadUInt32());
        }

        return metadata;
    }

    private object Value(uint type) => type switch
    {
        0 => file.ReadByte(),
        1 => file.ReadSByte(),
        2 => file.ReadUInt16(),
        3 => file.ReadInt16(),
        4 => file.ReadUInt32(),
        5 => file.ReadInt32(),
        6 => file.ReadSingle(),
        7 => file.ReadBoolean(),
        8 => Text(),
        9 => List(file.ReadUInt32(), (int)file.ReadUInt64()),
        10 => file.ReadUInt64(),
        11 => file.ReadInt64(),
        12 => file.ReadDouble(),
        _ => throw new InvalidDataException($"type {type}"),
    };

    private object List(uint type, int count) => type switch
    {
        8 => Enumerable.Range(0, count).Select(_ => Text()).ToArray(),
        5 => Enumerable.Range(0, count).Select(_ => file.ReadInt32()).ToArray(),
        6 => Enumerable.Range(0, count).Select(_ => file.ReadSingle()).ToArray(),
        _ => Enumerable.Range(0, count).Select(_ => Value(type)).ToArray(),
    };

    private string Text()
    {
        Span<byte> length = stackalloc byte[8];
        file.ReadExactly(length);
        return System.Text.Encoding.UTF8.GetString(file.ReadBytes((int)BinaryPrimitives.ReadUInt64LittleEndian(length)));
    }
}
