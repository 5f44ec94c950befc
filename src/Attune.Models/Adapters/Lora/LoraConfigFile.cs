using System.Text.Json;
using System.Text.Json.Nodes;

namespace Attune.Models.Adapters.Lora;

/// <summary>
/// <c>adapter_config.json</c> as PEFT 0.21 reads and writes it. A key that would change the numbers and is not built
/// here is refused, never ignored.
/// </summary>
public static class LoraConfigFile
{
    /// <summary>The file's name in an adapter folder.</summary>
    public const string Name = "adapter_config.json";

    private static readonly string[] Read =
    [
        "peft_type", "r", "lora_alpha", "lora_dropout", "use_rslora", "target_modules", "exclude_modules", "layers_to_transform",
        "layers_pattern", "rank_pattern", "alpha_pattern", "modules_to_save", "base_model_name_or_path", "bias", "init_lora_weights",
    ];

    // Say how the adapter was made or where it came from; nothing that is computed depends on them.
    private static readonly string[] WithoutEffect =
    [
        "auto_mapping", "corda_config", "eva_config", "fan_in_fan_out", "inference_mode", "loftq_config", "lora_ga_config",
        "megatron_core", "peft_version", "qalora_group_size", "revision", "runtime_config", "task_type",
    ];

    // Change what is computed and are not built: allowed only when they are off.
    private static readonly string[] NotBuilt =
    [
        "alora_invocation_tokens", "arrow_config", "ensure_weight_tying", "kasa_config", "layer_replication", "lora_bias",
        "megatron_config", "monteclora_config", "target_parameters", "trainable_token_indices", "use_bdlora", "use_dora", "use_qalora",
        "velora_config",
    ];

    // Start values that leave the base weights as they are; the others (pissa, olora, …) subtract from them.
    private static readonly string[] HarmlessStartValues = ["true", "false", "\"gaussian\"", "\"eva\"", "\"orthogonal\""];

    /// <summary>Reads the settings of an adapter folder.</summary>
    /// <exception cref="AttuneException">
    /// <see cref="ExitCode.Model"/>: missing or malformed file, another kind of adapter, a feature that is not built.
    /// </exception>
    public static LoraConfig Load(string folder)
    {
        var path = Path.Combine(folder, Name);
        if (!File.Exists(path))
            throw new AttuneException(ExitCode.Model, $"{folder} has no {Name}.", "An adapter is a folder with adapter_config.json and adapter_model.safetensors.");
        return Parse(JsonFields.Load(path));
    }

    /// <summary>Writes the settings so that PEFT reads them.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="config">The settings.</param>
    /// <param name="linears">Names of the adapted layers, by which <c>all-linear</c> is written out.</param>
    public static void Save(string folder, LoraConfig config, IReadOnlyList<string> linears)
    {
        var json = new JsonObject
        {
            ["alpha_pattern"] = Numbers(config.AlphaPattern),
            ["base_model_name_or_path"] = config.BaseModel,
            ["bias"] = "none",
            ["exclude_modules"] = config.ExcludeModules is { } exclude ? Selection(exclude, linears) : null,
            ["fan_in_fan_out"] = false,
            ["inference_mode"] = true,
            ["init_lora_weights"] = true,
            ["layers_pattern"] = config.LayersPattern.Count == 0 ? null : Texts(config.LayersPattern),
            ["layers_to_transform"] = config.LayersToTransform is { } layers ? new JsonArray([.. layers.Select(layer => (JsonNode)layer)]) : null,
            ["lora_alpha"] = Number(config.Alpha),
            ["lora_dropout"] = config.Dropout,
            ["modules_to_save"] = config.ModulesToSave.Count == 0 ? null : Texts(config.ModulesToSave),
            ["peft_type"] = "LORA",
            ["r"] = config.Rank,
            ["rank_pattern"] = Numbers(config.RankPattern),
            ["target_modules"] = Selection(config.TargetModules, linears),
            ["task_type"] = "CAUSAL_LM",
            ["use_dora"] = false,
            ["use_rslora"] = config.UseRslora,
        };
        AtomicFile.WriteText(Path.Combine(folder, Name), json.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
    }

    private static LoraConfig Parse(JsonFields fields)
    {
        Refuse(fields);
        var standard = new LoraConfig();
        var config = new LoraConfig
        {
            Rank = fields.Integer("r") ?? standard.Rank,
            Alpha = fields.Number("lora_alpha") ?? standard.Alpha,
            Dropout = fields.Number("lora_dropout") ?? 0,
            UseRslora = fields.Boolean("use_rslora") ?? false,
            TargetModules = Selection(fields, "target_modules") ?? standard.TargetModules,
            ExcludeModules = Selection(fields, "exclude_modules"),
            LayersToTransform = fields.Integers("layers_to_transform"),
            LayersPattern = fields.Texts("layers_pattern") ?? [],
            RankPattern = fields.Numbers("rank_pattern"),
            AlphaPattern = fields.Numbers("alpha_pattern"),
            ModulesToSave = fields.Texts("modules_to_save") ?? [],
            BaseModel = fields.Text("base_model_name_or_path"),
            UnknownKeys = [.. fields.Keys.Except([.. Read, .. WithoutEffect, .. NotBuilt])],
        };
        return config.Rank >= 1 && config.RankPattern.All(pair => pair.Value >= 1 && double.IsInteger(pair.Value))
            ? config
            : throw new AttuneException(ExitCode.Model, $"{fields.Path}: a rank (r, rank_pattern) is below 1 or no whole number.");
    }

    private static void Refuse(JsonFields fields)
    {
        var path = fields.Path;
        var kind = fields.Text("peft_type") ?? throw new AttuneException(ExitCode.Model, $"{path} has no peft_type.", "An adapter configuration names its kind; LORA is the kind built.");
        if (kind != "LORA")
            throw new AttuneException(ExitCode.Model, $"{path}: peft_type is {kind}; this kind of adapter is not built, only LORA is.");
        if (fields.Text("bias") is { } bias && bias != "none")
            throw new AttuneException(ExitCode.Model, $"{path}: bias is \"{bias}\"; adapters that change biases are not built, only \"none\" is.");
        if (fields.Raw("init_lora_weights") is { } start && !HarmlessStartValues.Contains(start))
            throw new AttuneException(ExitCode.Model, $"{path}: init_lora_weights is {start}; it changes the base weights and is not built.", "Convert it to a plain LoRA with PEFT (save_pretrained with path_initial_model_for_weight_conversion).");
        foreach (var key in NotBuilt)
        {
            if (fields.Raw(key) is { } value and not ("false" or "[]" or "{}"))
                throw new AttuneException(ExitCode.Model, $"{path}: {key} is {value}; this kind of adapter is not built.");
        }
    }

    private static ModuleSelection? Selection(JsonFields fields, string key)
    {
        if (!fields.IsText(key)) return fields.Texts(key) is { } names ? ModuleSelection.Of(names) : null;
        var text = fields.Text(key)!;
        return text == "all-linear" ? ModuleSelection.AllLinear : ModuleSelection.Matching(text);
    }

    // all-linear is written as the layers' last name parts, which say the same and need no knowledge of the model.
    private static JsonNode Selection(ModuleSelection selection, IReadOnlyList<string> linears) => selection switch
    {
        { Expression: { } expression } => expression,
        { Names: { } names } => Texts(names),
        _ => Texts([.. linears.Select(name => name[(name.LastIndexOf('.') + 1)..]).Distinct()]),
    };

    private static JsonArray Texts(IReadOnlyList<string> values) => new([.. values.Select(value => (JsonNode)value)]);

    private static JsonObject Numbers(IReadOnlyList<KeyValuePair<string, double>> values) =>
        new(values.Select(pair => new KeyValuePair<string, JsonNode?>(pair.Key, Number(pair.Value))));

    // PEFT's own files have whole numbers without a decimal point.
    private static JsonNode Number(double value) => double.IsInteger(value) && Math.Abs(value) < int.MaxValue ? (int)value : value;
}
