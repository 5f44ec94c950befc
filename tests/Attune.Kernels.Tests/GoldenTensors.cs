using System.Runtime.InteropServices;
using System.Text.Json;

namespace Attune.Kernels.Tests;

/// <summary>Reference tensors of a safetensors file, read without torch.</summary>
internal sealed class GoldenTensors
{
    private readonly byte[] _file;
    private readonly JsonElement _header;
    private readonly int _start;

    public GoldenTensors(string path)
    {
        _file = File.ReadAllBytes(path);
        _start = sizeof(long) + (int)MemoryMarshal.Read<long>(_file);
        _header = JsonDocument.Parse(_file.AsMemory(sizeof(long), _start - sizeof(long))).RootElement;
    }

    public string Type(string name) => _header.GetProperty(name).GetProperty("dtype").GetString()!;

    public byte[] Bytes(string name)
    {
        var ends = _header.GetProperty(name).GetProperty("data_offsets");
        return _file[(_start + ends[0].GetInt32())..(_start + ends[1].GetInt32())];
    }

    public ushort[] Words(string name) => MemoryMarshal.Cast<byte, ushort>(Bytes(name)).ToArray();

    /// <summary>F32 as it is, F16 and BF16 widened.</summary>
    public float[] Floats(string name) => Type(name) switch
    {
        "F32" => MemoryMarshal.Cast<byte, float>(Bytes(name)).ToArray(),
        "F16" => Array.ConvertAll(Words(name), bits => (float)BitConverter.UInt16BitsToHalf(bits)),
        "BF16" => Array.ConvertAll(Words(name), bits => BitConverter.UInt32BitsToSingle((uint)bits << 16)),
        var type => throw new NotSupportedException(type),
    };
}
