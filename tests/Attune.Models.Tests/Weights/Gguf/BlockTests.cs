using System.Text.Json.Nodes;
using Attune.Models.Weights;
using Attune.Models.Weights.Gguf;
using static TorchSharp.torch;

namespace Attune.Models.Tests.Weights.Gguf;

public class BlockTests
{
    /// <summary>Bit for bit, because two independent references agree so; only not-a-number may differ in its payload.</summary>
    [Fact]
    public void Every_block_type_equals_the_reference_bit_for_bit()
    {
        var types = JsonNode.Parse(File.ReadAllText(Goldens.Path("gguf/types/types.json")))!["types"]!.AsObject();
        using var goldens = SafetensorsFile.Open(Goldens.Path("gguf/types/types.safetensors"));
        var wrong = new List<string>();
        var compared = 0;
        foreach (var (name, facts) in types)
        {
            var type = GgufType.Find((uint)facts!["ggml_type_id"]!);
            Assert.NotNull(type);
            Assert.Equal((name, (int)facts["block_elements"]!, (int)facts["block_bytes"]!), (type.Name, type.BlockValues, type.BlockBytes));
            foreach (var (blocks, values) in new[] { ("bytes", "dequantized"), ("random_bytes", "random_dequantized") })
            {
                var expected = Floats(goldens, $"{name}/{values}");
                var actual = new float[expected.Length];
                type.Dequantize!(Bytes(goldens, $"{name}/{blocks}"), actual);
                for (var i = 0; i < actual.Length; i++, compared++)
                {
                    var equal = BitConverter.SingleToUInt32Bits(actual[i]) == BitConverter.SingleToUInt32Bits(expected[i]);
                    if (!equal && !(float.IsNaN(actual[i]) && float.IsNaN(expected[i]))) wrong.Add($"{name}/{values}[{i}]: {actual[i]}, expected {expected[i]}");
                }
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {compared}: {string.Join("\n", wrong.Take(5))}");
        Assert.Equal(24, types.Count);
        Assert.True(compared > 90_000, $"only {compared} values");
    }

    /// <summary>Every index of a codebook names a point of its own, and every coordinate is one of the levels of the format.</summary>
    [Fact]
    public void Codebooks_hold_distinct_points_of_the_formats_levels()
    {
        Check(Codebooks.IQ2_XXS, 256, 8, [8, 25, 43]);
        Check(Codebooks.IQ2_XS, 512, 8, [8, 25, 43]);
        Check(Codebooks.IQ2_S, 1024, 8, [8, 25, 43]);
        Check(Codebooks.IQ3_XXS, 256, 4, [4, 12, 20, 28, 36, 44, 52, 62]);
        Check(Codebooks.IQ3_S, 512, 4, [1, 3, 5, 7, 9, 11, 13, 15]);
        Check(Codebooks.IQ1, 2048, 8, [-8, 0, 8]);

        static void Check(ulong[] codebook, int count, int dimensions, sbyte[] levels)
        {
            Assert.Equal(count, codebook.Distinct().Count());
            foreach (var point in codebook)
            {
                for (var i = 0; i < dimensions; i++) Assert.Contains((sbyte)(point >> (i * 8)), levels);
            }
        }
    }

    private static float[] Floats(SafetensorsFile file, string name)
    {
        using var tensor = file.Load(name);
        return tensor.data<float>().ToArray();
    }

    private static byte[] Bytes(SafetensorsFile file, string name)
    {
        using var tensor = file.Load(name);
        return tensor.data<byte>().ToArray();
    }
}
