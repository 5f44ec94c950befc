using System.Text.Json.Nodes;
using Attune.Data.Preparation;
using Attune.Text.Templates;
using Attune.Text.Tokenizers;

namespace Attune.Data.Tests.Preparation;

/// <summary>The tokenizer of SmolLM2-135M-Instruct and chat formats for it.</summary>
internal static class SmolLM2
{
    private static readonly Lazy<ITokenizer> Loaded = new(() => TokenizerJson.Load(Goldens.Model("smollm2-135m-instruct/tokenizer.json")));

    public static ITokenizer Tokenizer => Loaded.Value;

    public static PreparationOptions Options { get; } = new() { BosToken = "<|im_start|>", EosToken = "<|im_end|>", PadToken = "<|im_end|>" };

    /// <summary>The model's own template, which has no generation markers.</summary>
    public static string OwnTemplate =>
        (string)JsonNode.Parse(File.ReadAllText(Goldens.Model("smollm2-135m-instruct/tokenizer_config.json")))!["chat_template"]!;

    public static ChatFormat Format(string template) => ChatFormat.Create(
        ChatTemplate.Parse(template, "chat_template.jinja"),
        new Dictionary<string, JsonNode?> { ["bos_token"] = "<|im_start|>", ["eos_token"] = "<|im_end|>" });
}
