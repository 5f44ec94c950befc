using System.Text.Json.Nodes;
using Attune.Models.Layers;

namespace Attune.Models.Architectures;

/// <summary>
/// <c>config.json</c> of a Llama model, as transformers 5 writes it (<c>rope_parameters</c>) or as most published
/// checkpoints have it (<c>rope_theta</c>, <c>rope_scaling</c>). Left-out keys mean what they mean there.
/// </summary>
public static class LlamaConfigFile
{
    /// <summary>The file's name in a model folder.</summary>
    public const string Name = "config.json";

    private static readonly Dictionary<string, RotaryScaling> Scalings = new()
    {
        ["default"] = RotaryScaling.Default,
        ["linear"] = RotaryScaling.Linear,
        ["dynamic"] = RotaryScaling.Dynamic,
        ["yarn"] = RotaryScaling.Yarn,
        ["llama3"] = RotaryScaling.Llama3,
    };

    /// <summary>Reads a configuration.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Model"/>: malformed, contradicts itself, or is that of an architecture that is not built.</exception>
    public static LlamaConfig Load(string path) => Parse(JsonFields.Load(path));

    /// <summary>Reads a configuration from its JSON.</summary>
    /// <param name="json">The file's object.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="AttuneException">As <see cref="Load"/>.</exception>
    public static LlamaConfig Parse(JsonObject json, string path) => Parse(new JsonFields(json, path));

    private static LlamaConfig Parse(JsonFields json)
    {
        RefuseOthers(json);
        var hidden = Required(json, "hidden_size");
        var heads = Required(json, "num_attention_heads");
        var positions = json.Integer("max_position_embeddings") ?? 2048;
        return new LlamaConfig
        {
            VocabularySize = Required(json, "vocab_size"),
            HiddenSize = hidden,
            IntermediateSize = Required(json, "intermediate_size"),
            Layers = Required(json, "num_hidden_layers"),
            Heads = heads,
            KeyValueHeads = json.Integer("num_key_value_heads") ?? heads,
            HeadSize = json.Integer("head_dim") ?? (heads > 0 ? hidden / heads : 0),
            NormEpsilon = json.Number("rms_norm_eps") ?? 1e-6,
            MaxPositions = positions,
            Rotary = Rotary(json, positions),
            TiedHead = json.Boolean("tie_word_embeddings") ?? false,
            AttentionBias = json.Boolean("attention_bias") ?? false,
            MlpBias = json.Boolean("mlp_bias") ?? false,
            PaddingId = json.Integer("pad_token_id") is { } padding and >= 0 ? padding : null,   // −1: none, in early checkpoints
            BosId = json.Integer("bos_token_id"),
            EosIds = json.Integers("eos_token_id") ?? [],
        }.Checked(json.Path);
    }

    private static void RefuseOthers(JsonFields json)
    {
        var type = json.Text("model_type");
        if (type != "llama")
        {
            throw new AttuneException(ExitCode.Model, $"{json.Path}: model_type is {(type is null ? "missing" : $"'{type}'")}; the architecture built is llama.",
                "Take a model of the Llama family, for example SmolLM2-135M-Instruct.");
        }

        var activation = json.Text("hidden_act") ?? "silu";
        if (activation != "silu")
            throw new AttuneException(ExitCode.Model, $"{json.Path}: hidden_act is '{activation}'; a Llama decoder has silu.");
    }

    private static RotaryOptions Rotary(JsonFields json, int positions)
    {
        // Version 5 gathers everything in one object; before, the base stood outside and the kind had two spellings.
        var scaling = json.Object("rope_parameters") ?? json.Object("rope_scaling");
        var theta = scaling?.Number("rope_theta") ?? json.Number("rope_theta") ?? 10000;
        var kind = scaling?.Text("rope_type") ?? scaling?.Text("type") ?? "default";
        if (!Scalings.TryGetValue(kind, out var known))
        {
            throw new AttuneException(ExitCode.Model,
                $"{json.Path}: rotary scaling '{kind}' is not built; built are {string.Join(", ", Scalings.Keys)}.");
        }

        if ((scaling?.Number("partial_rotary_factor") ?? json.Number("partial_rotary_factor") ?? 1) != 1)
            throw new AttuneException(ExitCode.Model, $"{json.Path}: partial_rotary_factor is not built for Llama; expected 1.");
        if (scaling is null || known == RotaryScaling.Default) return new RotaryOptions(theta);

        var original = scaling.Integer("original_max_position_embeddings") ?? json.Integer("original_max_position_embeddings");
        if (known == RotaryScaling.Llama3 && original is null)
            throw new AttuneException(ExitCode.Model, $"{scaling.Path}: original_max_position_embeddings is missing; rotary scaling llama3 needs it.");
        var options = new RotaryOptions(theta, known)
        {
            OriginalPositions = original ?? positions,
            AttentionFactor = scaling.Number("attention_factor"),
            MScale = scaling.Number("mscale"),
            MScaleAllDimensions = scaling.Number("mscale_all_dim"),
            Truncate = scaling.Boolean("truncate") ?? true,
            Factor = scaling.Number("factor")
                ?? throw new AttuneException(ExitCode.Model, $"{scaling.Path}: factor is missing; rotary scaling {kind} needs it."),
        };
        return options with
        {
            LowFrequencyFactor = scaling.Number("low_freq_factor") ?? options.LowFrequencyFactor,
            HighFrequencyFactor = scaling.Number("high_freq_factor") ?? options.HighFrequencyFactor,
            BetaFast = scaling.Number("beta_fast") ?? options.BetaFast,
            BetaSlow = scaling.Number("beta_slow") ?? options.BetaSlow,
        };
    }

    private static int Required(JsonFields json, string key) => json.Integer(key) switch
    {
        null => throw new AttuneException(ExitCode.Model, $"{json.Path}: {key} is missing; expected a whole number above 0."),
        { } value when value <= 0 => throw new AttuneException(ExitCode.Model, $"{json.Path}: {key} is {value}; it must be above 0."),
        { } value => value,
    };
}
