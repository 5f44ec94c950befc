using static TorchSharp.torch;

namespace Attune.Models.Weights.Safetensors;

/// <summary>An element type of the format.</summary>
/// <param name="Name">As the header writes it.</param>
/// <param name="Bytes">Size of an element.</param>
/// <param name="Torch">The same type in torch, bit for bit; null where torch's binding has none and elements are converted.</param>
internal sealed record SafetensorsType(string Name, int Bytes, ScalarType? Torch)
{
    private static readonly SafetensorsType[] All =
    [
        new("F64", 8, ScalarType.Float64), new("I64", 8, ScalarType.Int64), new("U64", 8, null),
        new("F32", 4, ScalarType.Float32), new("I32", 4, ScalarType.Int32), new("U32", 4, null),
        new("F16", 2, ScalarType.Float16), new("BF16", 2, ScalarType.BFloat16), new("I16", 2, ScalarType.Int16), new("U16", 2, null),
        new("F8_E4M3", 1, null), new("F8_E5M2", 1, null), new("I8", 1, ScalarType.Int8), new("U8", 1, ScalarType.Byte), new("BOOL", 1, ScalarType.Bool),
    ];

    /// <summary>The type of a name, or null.</summary>
    public static SafetensorsType? Find(string name) => Array.Find(All, type => type.Name == name);

    /// <summary>The type in which a torch tensor is written.</summary>
    public static SafetensorsType Of(ScalarType torch) =>
        Array.Find(All, type => type.Torch == torch) ?? throw new ArgumentException($"safetensors has no type for {torch}.");

    public static string Names => string.Join(' ', All.Select(type => type.Name));
}
