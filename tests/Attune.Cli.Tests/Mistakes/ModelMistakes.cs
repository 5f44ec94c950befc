using System.Text.Json.Nodes;

namespace Attune.Cli.Tests.Mistakes;

public sealed class ModelMistakes : IDisposable
{
    private readonly Workshop _workshop = new();

    [Fact]
    public void A_folder_that_is_not_there() => Expect.Mistake(_workshop.Train("--model", "gone"), ExitCode.Model, "gone", "--model");

    [Fact]
    public void A_public_model_that_is_not_there_is_named() =>
        Expect.Mistake(_workshop.Train("--model", "models/smollm2-135m-instruct"), ExitCode.Model, "SmolLM2-135M-Instruct", "tokenizer.json", "--model");

    [Theory]
    [InlineData("model.safetensors", "model.safetensors")]
    [InlineData("config.json", "config.json")]
    [InlineData("tokenizer.json", "tokenizer.json")]
    [InlineData("chat_template.jinja", "template")]
    public void A_file_of_the_model_is_missing(string file, string word)
    {
        File.Delete(_workshop.PathOf($"model/{file}"));
        Expect.Mistake(_workshop.Train(), ExitCode.Model, word);
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("config.json")]
    [InlineData("tokenizer.json")]
    public void A_file_of_the_model_is_cut(string file)
    {
        var bytes = File.ReadAllBytes(_workshop.PathOf($"model/{file}"));
        File.WriteAllBytes(_workshop.PathOf($"model/{file}"), bytes[..(bytes.Length / 2)]);
        Expect.Mistake(_workshop.Train(), ExitCode.Model, file);
    }

    [Theory]
    [InlineData("model_type", "\"gpt_bigcode\"", "gpt_bigcode")]
    [InlineData("intermediate_size", "96", "mlp", "shape")]
    [InlineData("hidden_size", "\"wide\"", "hidden_size")]
    [InlineData("num_attention_heads", "0", "num_attention_heads")]
    public void A_configuration_that_does_not_fit(string key, string value, params string[] words)
    {
        var config = JsonNode.Parse(_workshop.Read("model/config.json"))!;
        config[key] = JsonNode.Parse(value);
        if (key == "model_type") config["architectures"] = new JsonArray("GPTBigCodeForCausalLM");
        Expect.Mistake(_workshop.Write("model/config.json", config.ToJsonString()).Train(), ExitCode.Model, words);
    }

    [Fact]
    public void A_template_with_a_syntax_error() =>
        Expect.Mistake(_workshop.Write("model/chat_template.jinja", "{% for m in messages %}\n{{ m['content' }}").Train(), ExitCode.Model, "chat_template.jinja", "2");

    [Fact]
    public void Several_GGUF_files_and_no_safetensors()
    {
        File.Delete(_workshop.PathOf("model/model.safetensors"));
        _workshop.Write("model/a.gguf", "GGUF").Write("model/b.gguf", "GGUF");
        Expect.Mistake(_workshop.Train(), ExitCode.Model, "a.gguf", "b.gguf");
    }

    [Fact]
    public void A_GGUF_file_that_is_none()
    {
        _workshop.Write("model.gguf", "this is no GGUF file, it only has the name");
        Expect.Mistake(_workshop.Train("--model", "model.gguf"), ExitCode.Model, "model.gguf", "GGUF");
    }

    [Fact]
    public void An_adapter_that_matches_no_layer() =>
        Expect.Mistake(_workshop.Train("--set", "lora.target_modules=[query]"), ExitCode.Model, "query", "q_proj");

    public void Dispose() => _workshop.Dispose();
}
