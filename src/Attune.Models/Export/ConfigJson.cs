using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Models.Architectures;
using Attune.Models.Layers;
using static TorchSharp.torch;

namespace Attune.Models.Export;

/// <summary><c>config.json</c> of an exported model.</summary>
internal static class ConfigJson
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The base model's file with what the export changed: element type, tied or untied head, no quantization.</summary>
    public static void CopyFrom(string path, string folder, LlamaConfig config, ScalarType type)
    {
        LlamaConfigFile.Load(path); // its errors name what is wrong
        var json = JsonNode.Parse(File.ReadAllBytes(path))!.AsObject();
        json.Remove("_name_or_path");
        json.Remove("quantization_config");
        json.Remove("torch_dtype");
        json["dtype"] = Name(type);
        json["tie_word_embeddings"] = config.TiedHead;
        Save(folder, json);
    }

    /// <summary>The JSON of a configuration, in the layout of transformers 5.</summary>
    public static JsonObject Of(LlamaConfig config, ScalarType type) => new()
    {
        ["architectures"] = new JsonArray("LlamaForCausalLM"),
        ["attention_bias"] = config.AttentionBias,
        ["bos_token_id"] = config.BosId,
        ["dtype"] = Name(type),
        ["eos_token_id"] = Ids(config.EosIds),
        ["head_dim"] = config.HeadSize,
        ["hidden_act"] = "silu",
        ["hidden_size"] = config.HiddenSize,
        ["intermediate_size"] = config.IntermediateSize,
        ["max_position_embeddings"] = config.MaxPositions,
        ["mlp_bias"] = config.MlpBias,
        ["model_type"] = "llama",
        ["num_attention_heads"] = config.Heads,
        ["num_hidden_layers"] = config.Layers,
        ["num_key_value_heads"] = config.KeyValueHeads,
        ["pad_token_id"] = config.PaddingId,
        ["rms_norm_eps"] = config.NormEpsilon,
        ["rope_parameters"] = Rotary(config.Rotary),
        ["tie_word_embeddings"] = config.TiedHead,
        ["vocab_size"] = config.VocabularySize,
    };

    /// <summary>One id, a list of several, or null.</summary>
    public static JsonNode? Ids(IReadOnlyList<int> ids) => ids switch
    {
        [] => null,
        [var one] => one,
        _ => new JsonArray([.. ids.Select(id => (JsonNode)id)]),
    };

    public static void Save(string folder, JsonObject json, string name = LlamaConfigFile.Name) =>
        AtomicFile.WriteText(Path.Combine(folder, name), json.ToJsonString(Indented) + "\n");

    private static JsonObject Rotary(RotaryOptions rotary)
    {
        var json = new JsonObject { ["rope_theta"] = rotary.Theta, ["rope_type"] = rotary.Scaling.ToString().ToLowerInvariant() };
        if (rotary.Scaling == RotaryScaling.Default) return json;
        json["factor"] = rotary.Factor;
        json["original_max_position_embeddings"] = rotary.OriginalPositions;
        if (rotary.Scaling == RotaryScaling.Llama3)
        {
            json["low_freq_factor"] = rotary.LowFrequencyFactor;
            json["high_freq_factor"] = rotary.HighFrequencyFactor;
        }
        else if (rotary.Scaling == RotaryScaling.Yarn)
        {
            json["beta_fast"] = rotary.BetaFast;
            json["beta_slow"] = rotary.BetaSlow;
            json["truncate"] = rotary.Truncate;
            if (rotary.AttentionFactor is { } factor) json["attention_factor"] = factor;
            if (rotary.MScale is { } scale) json["mscale"] = scale;
            if (rotary.MScaleAllDimensions is { } all) json["mscale_all_dim"] = all;
        }

        return json;
    }

    private static string Name(ScalarType type) => type == ScalarType.BFloat16 ? "bfloat16" : "float32";
}
