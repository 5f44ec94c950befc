namespace Attune.Models.Weights.Gguf;

/// <summary>Turns whole blocks into fp32 values.</summary>
internal delegate void Dequantizer(ReadOnlySpan<byte> blocks, Span<float> values);

/// <summary>An element type of a GGUF file: values lie in blocks of equal size along a row.</summary>
/// <param name="Id">Number in the file.</param>
/// <param name="Name">ggml's name.</param>
/// <param name="BlockValues">Values of a block.</param>
/// <param name="BlockBytes">Bytes of a block.</param>
/// <param name="Dequantize">Blocks to fp32, exactly.</param>
internal sealed record GgufType(uint Id, string Name, int BlockValues, int BlockBytes, Dequantizer Dequantize)
{
    private static readonly Dictionary<uint, GgufType> All = new GgufType[]
    {
        new(0, "F32", 1, 4, PlainBlocks.F32),
        new(1, "F16", 1, 2, PlainBlocks.F16),
        new(30, "BF16", 1, 2, PlainBlocks.BF16),
        new(2, "Q4_0", 32, 18, LegacyBlocks.Q4_0),
        new(3, "Q4_1", 32, 20, LegacyBlocks.Q4_1),
        new(6, "Q5_0", 32, 22, LegacyBlocks.Q5_0),
        new(7, "Q5_1", 32, 24, LegacyBlocks.Q5_1),
        new(8, "Q8_0", 32, 34, LegacyBlocks.Q8_0),
    }.ToDictionary(type => type.Id);

    /// <summary>The type of a number, or null.</summary>
    public static GgufType? Find(uint id) => All.GetValueOrDefault(id);

    /// <summary>The type of a name, or null.</summary>
    public static GgufType? Find(string name) => All.Values.FirstOrDefault(type => type.Name == name);
}
