using static TorchSharp.torch;

namespace Attune.Models.Weights.Gguf;

/// <summary>Turns whole blocks into fp32 values.</summary>
internal delegate void Dequantizer(ReadOnlySpan<byte> blocks, Span<float> values);

/// <summary>An element type of a GGUF file: values lie in blocks of equal size along a row.</summary>
/// <param name="Id">Number in the file.</param>
/// <param name="Name">ggml's name.</param>
/// <param name="BlockValues">Values of a block.</param>
/// <param name="BlockBytes">Bytes of a block.</param>
/// <param name="Torch">What a tensor of it becomes in torch: the same type bit for bit, or fp32.</param>
/// <param name="Dequantize">Blocks to fp32, exactly; null where <paramref name="Torch"/> is the type itself.</param>
internal sealed record GgufType(uint Id, string Name, int BlockValues, int BlockBytes, ScalarType Torch, Dequantizer? Dequantize)
{
    private static readonly Dictionary<uint, GgufType> All = new GgufType[]
    {
        new(0, "F32", 1, 4, ScalarType.Float32, null),
        new(1, "F16", 1, 2, ScalarType.Float16, null),
        new(30, "BF16", 1, 2, ScalarType.BFloat16, null),
        new(2, "Q4_0", 32, 18, LegacyBlocks.Q4_0),
        new(3, "Q4_1", 32, 20, LegacyBlocks.Q4_1),
        new(6, "Q5_0", 32, 22, LegacyBlocks.Q5_0),
        new(7, "Q5_1", 32, 24, LegacyBlocks.Q5_1),
        new(8, "Q8_0", 32, 34, LegacyBlocks.Q8_0),
        new(10, "Q2_K", 256, 84, KBlocks.Q2_K),
        new(11, "Q3_K", 256, 110, KBlocks.Q3_K),
        new(12, "Q4_K", 256, 144, KBlocks.Q4_K),
        new(13, "Q5_K", 256, 176, KBlocks.Q5_K),
        new(14, "Q6_K", 256, 210, KBlocks.Q6_K),
        new(16, "IQ2_XXS", 256, 66, CodebookBlocks.IQ2_XXS),
        new(17, "IQ2_XS", 256, 74, CodebookBlocks.IQ2_XS),
        new(22, "IQ2_S", 256, 82, CodebookBlocks.IQ2_S),
        new(18, "IQ3_XXS", 256, 98, CodebookBlocks.IQ3_XXS),
        new(21, "IQ3_S", 256, 110, CodebookBlocks.IQ3_S),
        new(19, "IQ1_S", 256, 50, TernaryCodebookBlocks.IQ1_S),
        new(29, "IQ1_M", 256, 56, TernaryCodebookBlocks.IQ1_M),
        new(20, "IQ4_NL", 32, 18, NonLinearBlocks.IQ4_NL),
        new(23, "IQ4_XS", 256, 136, NonLinearBlocks.IQ4_XS),
        new(39, "MXFP4", 32, 17, NonLinearBlocks.MXFP4),
        new(40, "NVFP4", 64, 36, NonLinearBlocks.NVFP4),
        new(34, "TQ1_0", 256, 54, LowBitBlocks.TQ1_0),
        new(35, "TQ2_0", 256, 66, LowBitBlocks.TQ2_0),
        new(41, "Q1_0", 128, 18, LowBitBlocks.Q1_0),
    }.ToDictionary(type => type.Id);

    private GgufType(uint id, string name, int blockValues, int blockBytes, Dequantizer dequantize)
        : this(id, name, blockValues, blockBytes, ScalarType.Float32, dequantize)
    {
    }

    /// <summary>The type of a number, or null.</summary>
    public static GgufType? Find(uint id) => All.GetValueOrDefault(id);
}
