using System.Text.Json.Nodes;
using Attune.Models.Adapters.Lora;

namespace Attune.Models.Tests.Adapters.Lora;

public sealed class LoraConfigTests : IDisposable
{
    private static readonly string[] Projections = ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"];

    private readonly string _folder = Directory.CreateTempSubdirectory("attune-lora-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("llama/lora")]
    [InlineData("llama/rslora")]
    [InlineData("llama/all-linear")]
    [InlineData("llama/patterns")]
    [InlineData("llama/layers-to-transform")]
    [InlineData("llama/exclude-modules")]
    [InlineData("llama/modules-to-save")]
    [InlineData("quirks/unknown-keys")]
    [InlineData("quirks/minimal-config")]
    [InlineData("quirks/target-modules-full-names")]
    [InlineData("quirks/target-modules-null")]
    [InlineData("quirks/target-modules-regex")]
    [InlineData("quirks/alpha-pattern-order")]
    [InlineData("quirks/float16-file")]
    [InlineData("quirks/fan-in-fan-out-true")]
    public void Modules_ranks_and_scalings_equal_the_reference_also_after_writing(string adapter)
    {
        var config = LoraConfigFile.Load(Goldens.Path($"adapters/{adapter}"));
        AssertResolves(adapter, config);
        LoraConfigFile.Save(_folder, config, Linears());
        AssertResolves(adapter, LoraConfigFile.Load(_folder));
    }

    [Fact]
    public void Unknown_keys_are_listed()
    {
        Assert.Equal(["another_future_flag", "some_future_option"], LoraConfigFile.Load(Goldens.Path("adapters/quirks/unknown-keys")).UnknownKeys.Order());
        Assert.Empty(LoraConfigFile.Load(Goldens.Path("adapters/llama/lora")).UnknownKeys);
    }

    [Theory]
    [InlineData("llama/dora", "use_dora")]
    [InlineData("llama/ia3", "IA3")]
    [InlineData("llama/vera", "VERA")]
    [InlineData("llama/prompt-tuning", "PROMPT_TUNING")]
    [InlineData("llama/p-tuning", "P_TUNING")]
    [InlineData("llama/prefix-tuning", "PREFIX_TUNING")]
    [InlineData("llama/bias-all", "bias")]
    [InlineData("llama/bias-lora-only", "bias")]
    [InlineData("llama/lora-bias", "lora_bias")]
    [InlineData("llama/trainable-token-indices", "trainable_token_indices")]
    [InlineData("quirks/tied-ensure-weight-tying", "ensure_weight_tying")]
    [InlineData("qwen3_moe/target-parameters", "target_parameters")]
    public void A_kind_that_is_not_built_is_refused_by_name(string adapter, string key)
    {
        var error = Assert.Throws<AttuneException>(() => LoraConfigFile.Load(Goldens.Path($"adapters/{adapter}")));
        Assert.Equal(ExitCode.Model, error.Code);
        Assert.Contains(key, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"peft_type":"LORA","r":"8"}""", "r is \"8\"; expected a whole number")]
    [InlineData("""{"peft_type":"LORA","r":0}""", "below 1")]
    [InlineData("""{"peft_type":"LORA","rank_pattern":{"q":1.5}}""", "rank")]
    [InlineData("""{"peft_type":"LORA","lora_alpha":null,"target_modules":[1]}""", "target_modules")]
    [InlineData("""{"peft_type":"LORA","target_modules":"("}""", "regular expression")]
    [InlineData("""{"peft_type":"LORA","init_lora_weights":"pissa"}""", "init_lora_weights")]
    [InlineData("""{"peft_type":"LORA","use_qalora":true}""", "use_qalora")]
    [InlineData("""{"r":8}""", "peft_type")]
    [InlineData("""[1]""", "object")]
    [InlineData("""{"peft_type":""", "JSON")]
    [InlineData("""{"peft_type":"LORA","peft_type":"IA3"}""", "JSON")]
    public void A_malformed_file_is_told_with_its_key(string json, string expected)
    {
        File.WriteAllText(Path.Combine(_folder, LoraConfigFile.Name), json);
        var error = Assert.Throws<AttuneException>(() => LoraConfigFile.Load(_folder));
        Assert.Equal(ExitCode.Model, error.Code);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_configuration_is_told() =>
        Assert.Contains("adapter_config.json", Assert.Throws<AttuneException>(() => LoraConfigFile.Load(_folder)).Message, StringComparison.Ordinal);

    [Fact]
    public void Saved_modules_match_by_the_end_of_their_name_and_hold_what_is_below()
    {
        var config = new LoraConfig { ModulesToSave = ["norm", "mlp"] };
        Assert.True(config.Saves("model.layers.0.input_layernorm"));
        Assert.True(config.Saves("model.norm"));
        Assert.True(config.Saves("model.layers.1.mlp.up_proj"));
        Assert.False(config.Saves("model.layers.1.self_attn.q_proj"));
        Assert.False((config with { TargetModules = ModuleSelection.AllLinear }).Targets("model.layers.1.mlp.up_proj"));
    }

    [Theory]
    [InlineData(0, 16, 0, "rank")]
    [InlineData(8, 0, 0, "alpha")]
    [InlineData(8, 16, 1, "dropout")]
    [InlineData(8, 16, -0.5, "dropout")]
    public void Recipe_values_out_of_range_are_told(int rank, double alpha, double dropout, string key)
    {
        var error = Assert.Throws<AttuneException>(() => LoraConfig.From(new LoraOptions { Rank = rank, Alpha = alpha, Dropout = dropout }));
        Assert.Equal(ExitCode.Recipe, error.Code);
        Assert.Contains($"lora.{key}", error.Message, StringComparison.Ordinal);
    }

    private static void AssertResolves(string adapter, LoraConfig config)
    {
        var reference = JsonNode.Parse(File.ReadAllText(Goldens.Path($"adapters/{adapter}/reference.json")))!;
        var targeted = Linears().Where(config.Targets).ToArray();
        Assert.Equal(reference["targeted_modules"]!.AsArray().Select(name => (string)name!), targeted.Order(StringComparer.Ordinal));
        Assert.NotEmpty(targeted);
        foreach (var module in targeted)
        {
            Assert.Equal((int)reference["modules"]![module]!["r"]!, config.RankOf(module));
            Assert.Equal((double)reference["modules"]![module]!["scaling"]!, config.ScalingOf(module), 1e-12);
        }
    }

    // The linear layers of architectures/llama-untied.
    private static string[] Linears() => [.. Enumerable.Range(0, 2).SelectMany(layer => Projections.Select(name => $"model.layers.{layer}.{name}")), "lm_head"];
}
