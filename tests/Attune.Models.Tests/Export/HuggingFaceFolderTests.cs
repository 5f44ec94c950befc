using System.Text.Json.Nodes;
using Attune.Models.Adapters.Lora;
using Attune.Models.Architectures;
using Attune.Models.Export;
using Attune.Models.Tests.Adapters.Lora;
using Attune.Models.Weights;
using static TorchSharp.torch;

namespace Attune.Models.Tests.Export;

public sealed class HuggingFaceFolderTests : IDisposable
{
    private readonly string _parent = Directory.CreateTempSubdirectory("attune-export-").FullName;

    private string Folder => Path.Combine(_parent, "merged");

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    /// <summary>Logits of the merged model: 1e-4 to the reference (adapters/README.md), none to the model in memory.</summary>
    [Theory]
    [InlineData("llama/lora")]
    [InlineData("llama/all-linear")]
    [InlineData("llama/modules-to-save")]
    [InlineData("quirks/tied-lm-head-to-save")]
    [InlineData("quirks/tied-embed-tokens-to-save")]
    public void A_merged_model_loads_again_with_equal_logits(string name)
    {
        using var golden = new AdapterGolden(name);
        LoraAdapter.Load(golden.Folder, golden.Decoder).Merge();
        HuggingFaceFolder.Write(Folder, golden.Decoder, golden.BaseFolder, ScalarType.Float32);

        var again = AdapterGolden.LoadFolder(Folder);
        var logits = AdapterGolden.Logits(again, golden.Batch);
        Assert.Equal(0, AdapterGolden.MaxDifference(AdapterGolden.Logits(golden.Decoder, golden.Batch), logits));
        Assert.InRange(AdapterGolden.MaxDifference(golden.Expected("logits.merged"), logits), 0, 1e-4);
        Assert.False(again.Config.TiedHead);
    }

    [Fact]
    public void A_model_that_stays_tied_is_written_without_a_head()
    {
        using var golden = new AdapterGolden("quirks/tied-lm-head-to-save"); // only its base is used here
        HuggingFaceFolder.Write(Folder, golden.Decoder, golden.BaseFolder, ScalarType.Float32);
        using var written = SafetensorsFile.Open(Path.Combine(Folder, "model.safetensors"));
        using var original = SafetensorsFile.Open(Path.Combine(golden.BaseFolder, "model.safetensors"));
        Assert.Equal(original.Tensors.Keys.Order(StringComparer.Ordinal), written.Tensors.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("pt", written.Metadata["format"]); // transformers refuses files without it
        Assert.True(AdapterGolden.LoadFolder(Folder).Config.TiedHead);
    }

    [Fact]
    public void In_bfloat16_every_weight_is_rounded_once_and_the_configuration_says_so()
    {
        using var golden = new AdapterGolden("llama/lora");
        LoraAdapter.Load(golden.Folder, golden.Decoder).Merge();
        HuggingFaceFolder.Write(Folder, golden.Decoder, golden.BaseFolder, ScalarType.BFloat16);
        using var written = SafetensorsFile.Open(Path.Combine(Folder, "model.safetensors"));
        Assert.Equal(golden.Decoder.Parameters.Count, written.Tensors.Count);
        foreach (var parameter in golden.Decoder.Parameters)
        {
            Assert.Equal("BF16", written.Tensors[parameter.Name].Type);
            Assert.True(written.Load(parameter.Name).equal(parameter.Value.to(ScalarType.BFloat16)).all().item<bool>());
        }

        var config = Config();
        Assert.Equal("bfloat16", (string)config["dtype"]!);
        Assert.False(config.AsObject().ContainsKey("torch_dtype"));
    }

    [Fact]
    public void The_base_models_other_settings_and_files_come_along()
    {
        using var golden = new AdapterGolden("llama/lora");
        var from = Directory.CreateDirectory(Path.Combine(_parent, "base")).FullName;
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(golden.BaseFolder, "config.json")))!;
        config["a_setting_of_tomorrow"] = 7;
        config["quantization_config"] = new JsonObject();
        File.WriteAllText(Path.Combine(from, "config.json"), config.ToJsonString());
        string[] files = ["tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "generation_config.json"];
        foreach (var file in files) File.WriteAllText(Path.Combine(from, file), file);
        File.WriteAllText(Path.Combine(from, "notes.txt"), "not copied");

        HuggingFaceFolder.Write(Folder, golden.Decoder, from, ScalarType.Float32);
        Assert.Equal(7, (int)Config()["a_setting_of_tomorrow"]!);
        Assert.Null(Config()["quantization_config"]);
        Assert.All(files, file => Assert.Equal(file, File.ReadAllText(Path.Combine(Folder, file))));
        Assert.Equal([.. files.Append("config.json").Append("model.safetensors").Order()], Directory.GetFiles(Folder).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("llama-tied")]
    [InlineData("llama-untied")]
    [InlineData("llama3-rope")]
    [InlineData("llama-linear")]
    [InlineData("llama-yarn")]
    public void A_configuration_written_anew_says_the_same(string model)
    {
        var config = LlamaConfigFile.Load(Goldens.Path($"architectures/{model}/config.json"));
        var again = LlamaConfigFile.Parse(ConfigJson.Of(config, ScalarType.Float32), "written");
        Assert.Equal(config.EosIds, again.EosIds);
        Assert.Equal(config, again with { EosIds = config.EosIds });
    }

    [Fact]
    public void A_folder_that_holds_files_and_an_adapter_that_is_not_merged_are_refused()
    {
        using var golden = new AdapterGolden("llama/lora");
        var error = Assert.Throws<AttuneException>(() => HuggingFaceFolder.Write(golden.BaseFolder, golden.Decoder, golden.BaseFolder, ScalarType.Float32));
        Assert.Equal(ExitCode.Usage, error.Code);
        LoraAdapter.Load(golden.Folder, golden.Decoder);
        Assert.Throws<InvalidOperationException>(() => HuggingFaceFolder.Write(Folder, golden.Decoder, golden.BaseFolder, ScalarType.Float32));
        Assert.False(Directory.Exists(Folder));
    }

    private JsonNode Config() => JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "config.json")))!;
}
