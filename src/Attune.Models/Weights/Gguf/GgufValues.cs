using System.Runtime.InteropServices;

namespace Attune.Models.Weights.Gguf;

/// <summary>Metadata values by their type number (GGUF specification, "gguf_metadata_value_type").</summary>
internal static class GgufValues
{
    private const int ArrayType = 9;

    /// <summary>A boxed number, bool or string, or an array of them. Arrays of arrays are refused: no known key has one.</summary>
    public static object Read(GgufReader reader, uint type, string key) => type switch
    {
        0 => reader.Byte(),
        1 => (sbyte)reader.Byte(),
        2 => reader.UInt16(),
        3 => (short)reader.UInt16(),
        4 => reader.UInt32(),
        5 => (int)reader.UInt32(),
        6 => BitConverter.UInt32BitsToSingle(reader.UInt32()),
        7 => reader.Byte() != 0,
        8 => reader.String($"the value of {key}"),
        ArrayType => ReadArray(reader, key),
        10 => reader.UInt64(),
        11 => (long)reader.UInt64(),
        12 => BitConverter.UInt64BitsToDouble(reader.UInt64()),
        _ => throw new InvalidDataException($"{key} has the unknown value type {type}"),
    };

    private static object ReadArray(GgufReader reader, string key)
    {
        var type = reader.UInt32();
        return type switch
        {
            0 => Numbers<byte>(reader, key),
            1 => Numbers<sbyte>(reader, key),
            2 => Numbers<ushort>(reader, key),
            3 => Numbers<short>(reader, key),
            4 => Numbers<uint>(reader, key),
            5 => Numbers<int>(reader, key),
            6 => Numbers<float>(reader, key),
            7 => Array.ConvertAll(Numbers<byte>(reader, key), value => value != 0),
            8 => Strings(reader, key),
            10 => Numbers<ulong>(reader, key),
            11 => Numbers<long>(reader, key),
            12 => Numbers<double>(reader, key),
            _ => throw new InvalidDataException($"{key} is an array of the unknown or nested value type {type}"),
        };
    }

    private static unsafe T[] Numbers<T>(GgufReader reader, string key)
        where T : unmanaged
    {
        var count = reader.Count(sizeof(T), $"elements of {key}");
        return MemoryMarshal.Cast<byte, T>(reader.Take(checked(count * sizeof(T)))).ToArray();
    }

    private static string[] Strings(GgufReader reader, string key)
    {
        var values = new string[reader.Count(sizeof(ulong), $"strings of {key}")];
        var what = $"a string of {key}"; // made once: key and array may both be long
        for (var i = 0; i < values.Length; i++) values[i] = reader.String(what);
        return values;
    }
}
