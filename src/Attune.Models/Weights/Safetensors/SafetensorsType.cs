using static TorchSharp.torch;

namespace Attune.Models.Weights.Safetensors;

/// <summary>An element type of the format.</summary>
/// <param name="Name">As the header writes it.</param>
/// <param name="Bytes">Size of an element.</param>
/// <param name="Read">What a tensor of it becomes in torch; where torch's binding has no such type, a wider one that holds every value.</param>
/// <param name="IsExact">Whether <paramref name="Read"/> is the same type bit for bit, so that it can also be written.</param>
internal sealed record SafetensorsType(string Name, int Bytes, ScalarType Read, bool IsExact = true)
{
    /// <summary>In the order in which the reference implementation lays tensors of different types into a file.</summary>
    private static readonly SafetensorsType[] All =
    [
        new("U64", 8, ScalarType.Int64, IsExact: false),
        new("I64", 8, ScalarType.Int64),
        new("F64", 8, ScalarType.Float64),
        new("F32", 4, ScalarType.Float32),
        new("U32", 4, ScalarType.Int64, IsExact: false),
        new("I32", 4, ScalarType.Int32),
        new("BF16", 2, ScalarType.BFloat16),
        new("F16", 2, ScalarType.Float16),
        new("U16", 2, ScalarType.Int32, IsExact: false),
        new("I16", 2, ScalarType.Int16),
        new("F8_E4M3", 1, ScalarType.Float32, IsExact: false),
        new("F8_E5M2", 1, ScalarType.Float32, IsExact: false),
        new("I8", 1, ScalarType.Int8),
        new("U8", 1, ScalarType.Byte),
        new("BOOL", 1, ScalarType.Bool),
    ];

    /// <summary>The names of all types, for messages.</summary>
    public static string Names => string.Join(' ', All.Select(type => type.Name));

    /// <summary>Place of the type's tensors in a file.</summary>
    public int Rank => Array.IndexOf(All, this);

    /// <summary>The type of a name, or null.</summary>
    public static SafetensorsType? Find(string name) => Array.Find(All, type => type.Name == name);

    /// <summary>The type in which a torch tensor is written.</summary>
    public static SafetensorsType Of(ScalarType torch) =>
        Array.Find(All, type => type.Read == torch && type.IsExact) ?? throw new ArgumentException($"safetensors has no type for {torch}.");
}
