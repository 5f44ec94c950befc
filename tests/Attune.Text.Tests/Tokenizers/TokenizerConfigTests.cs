using Attune.Text.Tokenizers;

namespace Attune.Text.Tests.Tokenizers;

public sealed class TokenizerConfigTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("attune-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_folder_without_the_file_gives_an_empty_one()
    {
        var config = TokenizerConfig.Load(folder);
        Assert.Null(config.BosToken);
        Assert.Null(config.ChatTemplate);
        Assert.Null(config.AddBosToken);
        Assert.Empty(config.SpecialTokens);
    }

    [Fact]
    public void SmolLM2_has_its_tokens_and_template()
    {
        var config = TokenizerConfig.Load(Goldens.Model("smollm2-135m-instruct"));
        Assert.Equal(("<|im_start|>", "<|im_end|>", "<|im_end|>", "<|endoftext|>"), (config.BosToken, config.EosToken, config.PadToken, config.UnkToken));
        Assert.Equal(8192, config.ModelMaxLength);
        Assert.StartsWith("{% for message in messages %}", config.ChatTemplate, StringComparison.Ordinal);
    }

    [Fact]
    public void The_tiny_model_of_the_recipes_is_read()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(root!.FullName, "recipes"))) root = root.Parent;
        var model = Path.Combine(root.FullName, "recipes", "tiny", "model");
        var config = TokenizerConfig.Load(model);
        Assert.Equal(("<|im_start|>", "<|im_end|>", "<|endoftext|>"), (config.BosToken, config.EosToken, config.PadToken));
        Assert.Equal(File.ReadAllText(Path.Combine(model, "chat_template.jinja")), config.ChatTemplate);
        var tokenizer = TokenizerJson.Load(Path.Combine(model, "tokenizer.json"));
        Assert.Equal("Hello<|im_end|>", tokenizer.Decode(tokenizer.Encode("Hello<|im_end|>").Ids, skipSpecialTokens: false));
    }

    [Fact]
    public void Tokens_may_be_objects_and_null_and_lengths_beyond_bounds()
    {
        Write("""
            {"bos_token": {"content": "<s>", "lstrip": false}, "eos_token": "</s>", "unk_token": null, "add_bos_token": true,
             "model_max_length": 1000000000000000019884624838656, "split_special_tokens": false}
            """);
        var config = TokenizerConfig.Load(folder);
        Assert.Equal(("<s>", "</s>", null), (config.BosToken, config.EosToken, config.UnkToken));
        Assert.Equal((true, null), (config.AddBosToken, config.AddEosToken));
        Assert.Null(config.ModelMaxLength);
        Assert.Equal(["bos_token", "eos_token"], config.SpecialTokens.Keys);
    }

    [Fact]
    public void Of_named_templates_default_is_used()
    {
        Write("""{"chat_template": [{"name": "tool_use", "template": "T"}, {"name": "default", "template": "D"}]}""");
        Assert.Equal("D", TokenizerConfig.Load(folder).ChatTemplate);
    }

    [Fact]
    public void The_template_file_wins()
    {
        Write("""{"chat_template": "in the config"}""");
        File.WriteAllText(Path.Combine(folder, "chat_template.jinja"), "in its file\n");
        Assert.Equal("in its file\n", TokenizerConfig.Load(folder).ChatTemplate);
    }

    [Theory]
    [InlineData("[]", "is not a JSON object")]
    [InlineData("{", "is not valid JSON")]
    [InlineData("""{"chat_template": 7}""", "\"chat_template\" is 7, expected a string")]
    [InlineData("""{"bos_token": {"text": "a"}}""", "bos_token: \"content\" is missing")]
    [InlineData("""{"add_bos_token": "yes"}""", "\"add_bos_token\" is \"yes\", expected true or false")]
    public void Malformed_files_are_refused_with_their_place(string json, string message)
    {
        Write(json);
        var error = Assert.Throws<AttuneException>(() => TokenizerConfig.Load(folder));
        Assert.Equal(ExitCode.Model, error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("tokenizer_config.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gguf_metadata_say_the_same()
    {
        var path = Goldens.Model("smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf");
        var config = TokenizerConfig.FromGguf(GgufMetadataReader.Read(path), path);
        var beside = TokenizerConfig.Load(Goldens.Model("smollm2-135m-instruct"));
        Assert.Equal((beside.BosToken, beside.EosToken), (config.BosToken, config.EosToken));
        Assert.Equal(beside.ChatTemplate, config.ChatTemplate);
    }

    private void Write(string json) => File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), json);
}
