using System.Text.Json.Nodes;
using Attune.Models.Layers;
using Attune.Models.Weights;
using static TorchSharp.torch;

namespace Attune.Models.Tests.Layers;

public class RotaryFrequenciesTests
{
    // Powers in fp32: one rounding more or less.
    private const double Relative = 1e-6;

    [Fact]
    public void Frequencies_and_tables_of_well_known_checkpoints_equal_the_reference()
    {
        using var scope = NewDisposeScope();
        using var reference = SafetensorsFile.Open(Goldens.Path("architectures/building-blocks/rope.safetensors"));
        var cases = JsonNode.Parse(File.ReadAllText(Goldens.Path("architectures/building-blocks/rope.json")))!["cases"]!.AsObject();
        var compared = 0;
        foreach (var (name, settings) in cases)
        {
            if (settings!["rope_parameters"]!["rope_type"]!.ToString() == "longrope") continue;   // not of the Llama family
            var options = Options(settings);
            var size = (int)settings["head_dim"]!;
            var frequencies = RotaryFrequencies.Compute(options, size, length: 1);
            Near(Values($"{name}.inv_freq"), frequencies, $"{name}.inv_freq");
            var factor = RotaryFrequencies.AttentionFactor(options);
            Assert.Equal((double)settings["attention_scaling"]!, factor, 1e-12);

            // The dynamic table of the file is that of its last call, which was a short one.
            var positions = reference.Load($"{name}.position_ids")[0].data<long>().Select(position => (int)position).ToArray();
            var table = new RotaryTable(frequencies, positions, factor);
            foreach (var (part, half) in new[] { ("cos", table.Cos), ("sin", table.Sin) })
            {
                var both = cat([half, half], 2).squeeze(1);
                TensorAssert.Near(reference.Load($"{name}.{part}")[0], both, 1e-4, $"{name}.{part}");   // large angles carry the frequencies' rounding
            }

            compared++;
        }

        Assert.Equal(10, compared);

        float[] Values(string name) => reference.Load(name).data<float>().ToArray();
    }

    [Fact]
    public void Dynamic_scaling_depends_on_the_longest_sample()
    {
        using var scope = NewDisposeScope();
        using var reference = SafetensorsFile.Open(Goldens.Path("architectures/building-blocks/rope.safetensors"));
        var options = new RotaryOptions(10000, RotaryScaling.Dynamic) { Factor = 2, OriginalPositions = 2048 };
        int[] lengths = [2048, 2049, 3000, 8192, 5000, 100];
        for (var call = 0; call < lengths.Length; call++)
        {
            if (lengths[call] == 5000) continue;   // the reference keeps the table of the longer call before; ours depends on no history
            var expected = reference.Load($"case9.inv_freq_after_call_{call}").data<float>().ToArray();
            Near(expected, RotaryFrequencies.Compute(options, 64, lengths[call]), $"length {lengths[call]}");
        }
    }

    private static void Near(float[] expected, float[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        foreach (var (e, a) in expected.Zip(actual))
            Assert.True(Math.Abs(e - a) <= Relative * Math.Abs(e), $"{what}: {a} instead of {e}");
    }

    /// <summary>Through the parser of config.json, so that its keys are tested too.</summary>
    private static RotaryOptions Options(JsonNode settings)
    {
        var config = new JsonObject
        {
            ["model_type"] = "llama",
            ["vocab_size"] = 10,
            ["hidden_size"] = 2 * (int)settings["head_dim"]!,
            ["intermediate_size"] = 10,
            ["num_hidden_layers"] = 1,
            ["num_attention_heads"] = 2,
            ["max_position_embeddings"] = settings["max_position_embeddings"]!.DeepClone(),
            ["rope_parameters"] = settings["rope_parameters"]!.DeepClone(),
        };
        return Attune.Models.Architectures.LlamaConfigFile.Parse(config, "config.json").Rotary;
    }
}
