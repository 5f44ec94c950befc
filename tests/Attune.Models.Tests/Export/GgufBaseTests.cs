using System.Text.Json;
using Attune.Models.Architectures;
using Attune.Models.Batches;
using Attune.Models.Export;
using Attune.Models.Numerics;
using Attune.Models.Tests.Adapters.Lora;
using Attune.Models.Weights;
using Attune.Text.Tokenizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Models.Tests.Export;

public sealed class GgufBaseTests : IDisposable
{
    private readonly string _parent = Directory.CreateTempSubdirectory("attune-gguf-").FullName;

    private string Folder => Path.Combine(_parent, "merged");

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    /// <summary>Tolerance 1e-4 to transformers: gguf/README.md. This file has Llama 3's rotary factors as a tensor.</summary>
    [Fact]
    public void A_bare_GGUF_becomes_a_folder_with_equal_logits()
    {
        var path = Goldens.Path("gguf/models/llama/model.gguf");
        Write(path);

        using var scope = NewDisposeScope();
        using var outputs = SafetensorsFile.Open(Goldens.Path("gguf/models/llama/outputs.safetensors"));
        var ids = outputs.Load("input_ids").data<long>().Select(id => (int)id).ToArray();
        var logits = AdapterGolden.Logits(AdapterGolden.LoadFolder(Folder), PackedBatch.Of(ids));
        Assert.InRange(AdapterGolden.MaxDifference(outputs.Load("logits_transformers"), logits), 0, 1e-4);

        var original = LlamaConfigFile.Load(Goldens.Path("gguf/models/llama/hf/config.json"));
        var written = LlamaConfigFile.Load(Path.Combine(Folder, "config.json"));
        Assert.Equal(original.Rotary.Scaling, written.Rotary.Scaling);
        Assert.Equal(original.Rotary.Factor, written.Rotary.Factor, 1e-5);
    }

    [Theory]
    [InlineData("gguf/models/llama/model.gguf", "gguf/models/llama/hf")]
    [InlineData("gguf/models/smollm/vocabulary-only.gguf", "gguf/models/smollm/hf")]
    [InlineData("gguf/models/qwen2/model.gguf", "gguf/models/qwen2/hf")]
    [InlineData("gguf/models/gpt2/model.gguf", "gguf/models/gpt2/hf")]
    public void Its_tokenizer_as_json_encodes_as_the_original(string file, string folder) =>
        AssertSameTokenizer(Goldens.Path(file), Path.Combine(Goldens.Path(folder), "tokenizer.json"));

    [Fact]
    public void The_real_models_tokenizer_as_json_encodes_as_the_original()
    {
        var folder = Goldens.Model("smollm2-135m-instruct");
        AssertSameTokenizer(Directory.GetFiles(folder, "*.gguf").Single(), Path.Combine(folder, "tokenizer.json"));
    }

    [Fact]
    public void The_tokenizers_settings_are_those_of_the_original()
    {
        var folder = Goldens.Model("smollm2-135m-instruct");
        using var file = GgufFile.Open(Directory.GetFiles(folder, "*.gguf").Single());
        File.WriteAllText(Path.Combine(_parent, "tokenizer_config.json"), GgufTokenizerJson.Config(file.Metadata, 8192, file.Path).ToJsonString());
        using var expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "tokenizer_config.json")));
        using var actual = JsonDocument.Parse(File.ReadAllText(Path.Combine(_parent, "tokenizer_config.json")));
        string[] keys = ["bos_token", "eos_token", "pad_token", "unk_token", "model_max_length", "chat_template"];
        Assert.All(keys, key => Assert.Equal(expected.RootElement.GetProperty(key).ToString(), actual.RootElement.GetProperty(key).ToString()));
    }

    [Fact]
    public void A_chat_template_that_only_the_GGUF_has_comes_along()
    {
        var model = Goldens.Path("gguf/models/llama");
        var from = Directory.CreateDirectory(Path.Combine(_parent, "base")).FullName;
        foreach (var name in (string[])["hf/config.json", "hf/tokenizer.json", "model.gguf"])
            File.Copy(Path.Combine(model, name), Path.Combine(from, Path.GetFileName(name)));
        File.WriteAllText(Path.Combine(from, "tokenizer_config.json"), """{"eos_token": "<|im_end|>"}""");
        using (var weights = WeightSource.Open(from))
        using (var decoder = LlamaDecoder.Load(LlamaConfigFile.Load(Path.Combine(from, "config.json")), weights, new Precision(ScalarType.Float32)))
            HuggingFaceFolder.Write(Folder, decoder, from, ScalarType.Float32);

        using var original = LanguageModel.Load(Goldens.Path("gguf/models/llama/model.gguf"), new Precision(ScalarType.Float32));
        using var merged = LanguageModel.Load(Folder, new Precision(ScalarType.Float32));
        Assert.NotNull(original.TokenizerConfig.ChatTemplate);
        Assert.Equal(original.TokenizerConfig.ChatTemplate, merged.TokenizerConfig.ChatTemplate);
    }

    private void Write(string path)
    {
        using var weights = (GgufWeights)WeightSource.Open(path);
        using var decoder = LlamaDecoder.Load(LlamaConfigGguf.Read(weights.Metadata, weights.Tensors.Keys, path), weights, new Precision(ScalarType.Float32));
        HuggingFaceFolder.Write(Folder, decoder, path, ScalarType.Float32);
    }

    private static void AssertSameTokenizer(string gguf, string tokenizerJson)
    {
        using var file = GgufFile.Open(gguf);
        var json = GgufTokenizerJson.Tokenizer(file.Metadata, file.Path);
        var written = TokenizerJson.Parse(System.Text.Encoding.UTF8.GetBytes(json.ToJsonString()), "written");
        var original = TokenizerJson.Load(tokenizerJson);
        Assert.Equal(original.VocabularySize, written.VocabularySize);
        var compared = 0;
        foreach (var line in File.ReadLines(Goldens.Path("tokenizers/texts.jsonl")))
        {
            using var document = JsonDocument.Parse(line);
            if (!document.RootElement.TryGetProperty("text", out var text)) continue;
            foreach (var special in (bool[])[true, false])
            {
                var (expected, actual) = (original.Encode(text.GetString()!, parseSpecialTokens: special), written.Encode(text.GetString()!, parseSpecialTokens: special));
                Assert.Equal(expected.Ids, actual.Ids);
                Assert.Equal(original.Decode(expected.Ids), written.Decode(actual.Ids));
            }

            compared++;
        }

        Assert.True(compared > 100, $"only {compared} texts");
    }
}
