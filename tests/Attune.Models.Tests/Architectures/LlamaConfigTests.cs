using System.Text.Json.Nodes;
using Attune.Models.Architectures;
using Attune.Models.Layers;

namespace Attune.Models.Tests.Architectures;

public class LlamaConfigTests
{
    [Fact]
    public void Left_out_keys_mean_what_they_mean_in_transformers()
    {
        var config = LlamaConfigFile.Parse(Minimal(), "config.json");
        Assert.Equal(4, config.KeyValueHeads);
        Assert.Equal(8, config.HeadSize);
        Assert.Equal(1e-6, config.NormEpsilon);
        Assert.Equal(2048, config.MaxPositions);
        Assert.Equal(new RotaryOptions(10000), config.Rotary);
        Assert.False(config.TiedHead || config.AttentionBias || config.MlpBias);
        Assert.Null(config.PaddingId);
        Assert.Empty(config.EosIds);
    }

    [Fact]
    public void A_list_of_end_tokens_is_read()
    {
        var json = Minimal();
        json["eos_token_id"] = new JsonArray(2, 3);
        Assert.Equal([2, 3], LlamaConfigFile.Parse(json, "config.json").EosIds);
    }

    [Theory]
    [InlineData("model_type", "\"mistral\"", "model_type is 'mistral'; the architecture built is llama")]
    [InlineData("model_type", "null", "model_type is missing")]
    [InlineData("vocab_size", "null", "vocab_size is missing")]
    [InlineData("hidden_size", "\"wide\"", "hidden_size is \"wide\"; expected a whole number")]
    [InlineData("num_hidden_layers", "0", "must be above 0")]
    [InlineData("num_key_value_heads", "3", "4 query heads do not divide among 3")]
    [InlineData("num_attention_heads", "0", "must be above 0")]
    [InlineData("head_dim", "7", "head size is 7")]
    [InlineData("hidden_act", "\"gelu\"", "hidden_act is 'gelu'")]
    [InlineData("pad_token_id", "50", "token id 50 is not in the vocabulary of 50")]
    [InlineData("rope_scaling", """{"type":"longrope","factor":2}""", "'longrope' is not built; built are default, linear")]
    [InlineData("rope_scaling", """{"type":"linear"}""", "factor is missing")]
    [InlineData("rope_scaling", """{"rope_type":"llama3","factor":8}""", "original_max_position_embeddings is missing")]
    [InlineData("rope_scaling", "7", "expected an object")]
    [InlineData("rms_norm_eps", "-1", "epsilon")]
    public void Mistakes_name_the_file_the_key_and_what_was_expected(string key, string value, string message)
    {
        var json = Minimal();
        json[key] = JsonNode.Parse(value);
        var error = Assert.Throws<AttuneException>(() => LlamaConfigFile.Parse(json, "dir/config.json"));
        Assert.Equal(ExitCode.Model, error.Code);
        Assert.StartsWith("dir/config.json", error.Message);
        Assert.Contains(message, error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"hidden_size\": 1,")]
    [InlineData("{\"hidden_size\": 1, \"hidden_size\": 2}")]
    public void A_damaged_file_is_told_by_its_name(string text)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("attune-config").FullName, "config.json");
        File.WriteAllText(path, text);
        var error = Assert.Throws<AttuneException>(() => LlamaConfigFile.Load(path));
        Assert.Equal(ExitCode.Model, error.Code);
        Assert.Contains(path, error.Message);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Fact]
    public void Metadata_of_a_GGUF_gives_the_same_configuration()
    {
        var metadata = new Dictionary<string, object>
        {
            ["general.architecture"] = "llama",
            ["llama.context_length"] = 256u,
            ["llama.embedding_length"] = 32u,
            ["llama.block_count"] = 2u,
            ["llama.feed_forward_length"] = 56u,
            ["llama.attention.head_count"] = 4u,
            ["llama.attention.head_count_kv"] = 2u,
            ["llama.attention.key_length"] = 16u,
            ["llama.attention.layer_norm_rms_epsilon"] = 1e-5f,
            ["llama.rope.freq_base"] = 1000f,
            ["llama.rope.scaling.type"] = "yarn",
            ["llama.rope.scaling.factor"] = 4f,
            ["llama.rope.scaling.original_context_length"] = 64u,
            ["tokenizer.ggml.tokens"] = Enumerable.Range(0, 131).Select(id => $"t{id}").ToArray(),
            ["tokenizer.ggml.bos_token_id"] = 1u,
            ["tokenizer.ggml.eos_token_id"] = 2u,
            ["tokenizer.ggml.padding_token_id"] = 0u,
        };
        var config = LlamaConfigGguf.Read(metadata, ["lm_head.weight"], "tiny.gguf");
        var expected = LlamaConfigFile.Load(Path.Combine(Goldens.Path("architectures/llama-yarn"), "config.json"));
        Assert.Equivalent(expected with { NormEpsilon = config.NormEpsilon }, config);
        Assert.Equal(expected.NormEpsilon, config.NormEpsilon, 1e-12);   // the file has it in fp32

        metadata["llama.block_count"] = "two";
        Assert.Contains("llama.block_count is two; expected a number", Assert.Throws<AttuneException>(() => LlamaConfigGguf.Read(metadata, [], "tiny.gguf")).Message);
        metadata["general.architecture"] = "qwen2";
        Assert.Contains("'qwen2'", Assert.Throws<AttuneException>(() => LlamaConfigGguf.Read(metadata, [], "tiny.gguf")).Message);
    }

    private static JsonObject Minimal() => new()
    {
        ["model_type"] = "llama",
        ["vocab_size"] = 50,
        ["hidden_size"] = 32,
        ["intermediate_size"] = 56,
        ["num_hidden_layers"] = 2,
        ["num_attention_heads"] = 4,
    };
}
