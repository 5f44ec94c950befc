using System.Text.Json.Nodes;
using Attune.Models.Batches;
using Attune.Models.Numerics;
using Attune.Models.Weights;
using static TorchSharp.torch;

namespace Attune.Models.Tests;

public sealed class LanguageModelTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("attune-model").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_folder_with_a_GGUF_and_the_GGUF_alone_are_the_same_model()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var path = Goldens.Model("smollm2-135m-instruct");
        using var folder = LanguageModel.Load(path, new Precision(ScalarType.BFloat16));
        using var file = LanguageModel.Load(Directory.GetFiles(path, "*.gguf").Single(), new Precision(ScalarType.BFloat16));
        Assert.Equivalent(folder.Decoder.Config with { NormEpsilon = 0 }, file.Decoder.Config with { NormEpsilon = 0 });
        Assert.Equal(folder.Decoder.Config.NormEpsilon, file.Decoder.Config.NormEpsilon, 1e-12);   // fp32 in the file
        Assert.Equal([2], folder.GenerationDefaults.EosIds);
        Assert.Equal([2], file.GenerationDefaults.EosIds);
        Assert.NotNull(folder.Chat);
        Assert.Equal(folder.Chat.Template.Source, file.Chat!.Template.Source);

        const string text = "The capital of France is 2018 — naïve?";
        var ids = folder.Tokenizer.Encode(text).Ids;
        Assert.Equal(ids, file.Tokenizer.Encode(text).Ids);
        TensorAssert.Equal(Hidden(folder), Hidden(file), "hidden states");

        Tensor Hidden(LanguageModel model) => model.Decoder.Forward(PackedBatch.Of([.. ids]));
    }

    [Theory]
    [InlineData("hf")]
    [InlineData("model.gguf")]
    public void Frequencies_that_llama_cpp_keeps_as_a_tensor_scale_as_the_configuration_says(string name)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var model = LanguageModel.Load(Goldens.Path($"gguf/models/llama/{name}"), new Precision(ScalarType.Float32));
        using var golden = SafetensorsFile.Open(Goldens.Path("gguf/models/llama/outputs.safetensors"));
        var ids = golden.Load("input_ids").data<long>().Select(id => (int)id).ToArray();
        var logits = model.Decoder.Logits(model.Decoder.Forward(PackedBatch.Of(ids)));
        TensorAssert.Near(golden.Load("logits_transformers"), logits, 1e-4, "logits");   // summation order
        Assert.Equal([319], model.GenerationDefaults.EosIds);
    }

    [Fact]
    public void Matrices_of_the_real_model_are_kept_in_bf16_only()
    {
        using var model = LanguageModel.Load(Goldens.Model("smollm2-135m-instruct"), new Precision(ScalarType.BFloat16));
        var bytes = model.Decoder.Parameters.Sum(parameter => parameter.Value.numel() * parameter.Value.element_size());
        Assert.InRange(bytes, 2 * 134_515_008L, (2 * 134_515_008L) + (4 * 61 * 576));   // norms are fp32
    }

    [Fact]
    public void End_tokens_come_from_the_generation_configuration_and_the_tokenizer()
    {
        CopyTiny();
        File.WriteAllText(Path.Combine(_folder, "generation_config.json"), """{ "eos_token_id": [7, 9] }""");
        using (var model = LanguageModel.Load(_folder, new Precision(ScalarType.Float32))) Assert.Equal([7, 9, 2], model.GenerationDefaults.EosIds);
        File.Delete(Path.Combine(_folder, "generation_config.json"));
        using (var model = LanguageModel.Load(_folder, new Precision(ScalarType.Float32))) Assert.Equal([2], model.GenerationDefaults.EosIds);
    }

    [Theory]
    [InlineData("smollm2-135m-instruct", "SmolLM2-135M-Instruct (HuggingFaceTB")]
    [InlineData("another", "a model of the Llama family")]
    public void A_missing_model_names_the_public_one_the_files_and_the_option(string name, string expected)
    {
        var error = Refused(Path.Combine(_folder, name));
        Assert.Contains(name, error.Message);
        Assert.Contains(expected, error.Hint);
        foreach (var word in (string[])["--model", "config.json", "tokenizer.json", "model.safetensors", ".gguf"]) Assert.Contains(word, error.Hint);
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("tokenizer.json")]
    public void A_missing_file_is_named(string name)
    {
        CopyTiny();
        File.Delete(Path.Combine(_folder, name));
        Assert.Contains($"has no {name}", Refused(_folder).Message);
    }

    [Fact]
    public void Missing_weights_are_told()
    {
        CopyTiny();
        File.Delete(Path.Combine(_folder, "model.safetensors"));
        Assert.Contains("model.safetensors", Refused(_folder).Message);
    }

    [Theory]
    [InlineData("model_type", "\"gemma\"", "model_type is 'gemma'; the architecture built is llama")]
    [InlineData("intermediate_size", "161", "tensor model.layers.0.mlp.gate_proj.weight has shape [160, 64]; the configuration gives [161, 64]")]
    [InlineData("num_hidden_layers", "3", "no tensor model.layers.2.input_layernorm.weight, expected with shape [64]")]
    [InlineData("num_hidden_layers", "1", "tensors have no place in a Llama decoder with this configuration, for example model.layers.1")]
    [InlineData("attention_bias", "true", "no tensor model.layers.0.self_attn.q_proj.bias")]
    [InlineData("tie_word_embeddings", "false", "no tensor lm_head.weight")]
    public void A_configuration_of_another_model_is_told_with_file_tensor_and_shapes(string key, string value, string expected)
    {
        CopyTiny();
        var path = Path.Combine(_folder, "config.json");
        var config = JsonNode.Parse(File.ReadAllText(path))!;
        config[key] = JsonNode.Parse(value);
        File.WriteAllText(path, config.ToJsonString());
        var error = Refused(_folder);
        Assert.Contains(expected, error.Message);
        Assert.Contains(_folder, error.Message);
    }

    [Fact]
    public void A_token_of_another_vocabulary_is_told()
    {
        CopyTiny();
        using var model = LanguageModel.Load(_folder, new Precision(ScalarType.Float32));
        var error = Assert.Throws<AttuneException>(() => model.Decoder.Forward(PackedBatch.Of([1, 307])));
        Assert.Contains("Token id 307 is not in the model's vocabulary of 307", error.Message);
    }

    private static AttuneException Refused(string path)
    {
        var error = Assert.Throws<AttuneException>(() => LanguageModel.Load(path, new Precision(ScalarType.Float32)));
        Assert.Equal(ExitCode.Model, error.Code);
        return error;
    }

    private void CopyTiny()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(Checkout.Root, "recipes", "tiny", "model")))
            File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
    }
}
