using System.Text.Json.Nodes;
using Attune.Data.Preparation;
using Attune.Models.Adapters.Lora;
using Attune.Models.Architectures;
using Attune.Models.Numerics;
using Attune.Models.Weights;
using Attune.Training.Methods;
using static TorchSharp.torch;

namespace Attune.Training.Tests;

/// <summary>The reference's tiny model, its rows and what it made of them.</summary>
internal static class TinyGolden
{
    public static string ModelFolder => Goldens.Path("training/tiny/model");

    /// <summary>250 rows; the last 10 are for validation.</summary>
    public static Example[] Rows() =>
    [
        .. File.ReadLines(Goldens.Path("training/tiny/rows.jsonl")).Select(line =>
        {
            var row = JsonNode.Parse(line)!;
            return new Example(Integers(row["input_ids"]!), Integers(row["labels"]!));
        }),
    ];

    public static LlamaDecoder Decoder()
    {
        using var weights = SafetensorsFile.Open(Path.Combine(ModelFolder, "model.safetensors"));
        return LlamaDecoder.Load(LlamaConfigFile.Load(Path.Combine(ModelFolder, "config.json")), weights, new Precision(ScalarType.Float32));
    }

    public static FullTraining Full(LlamaDecoder decoder, string? folder = null)
    {
        using var weights = SafetensorsFile.Open(Path.Combine(folder ?? ModelFolder, "model.safetensors"));
        return new FullTraining(decoder, weights, ModelFolder);
    }

    /// <summary>The reference's own adapter before or after training.</summary>
    public static LoraAdapter Adapter(LlamaDecoder decoder, string when) =>
        LoraAdapter.Load(Goldens.Path($"training/tiny/lora/{when}"), decoder);

    public static JsonNode Json(string path) => JsonNode.Parse(File.ReadAllText(Goldens.Path($"training/tiny/{path}")))!;

    public static int[] Integers(JsonNode array) => [.. array.AsArray().Select(item => (int)item!)];
}
