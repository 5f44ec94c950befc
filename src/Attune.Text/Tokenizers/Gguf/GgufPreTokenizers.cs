using Attune.Text.Tokenizers.Patterns;

namespace Attune.Text.Tokenizers.Gguf;

/// <summary>What a name in <c>tokenizer.ggml.pre</c> stands for.</summary>
/// <param name="Patterns">The regular expressions that split the text, one after the other.</param>
/// <param name="IgnoreMerges">Whether a piece in the vocabulary is one token, whatever the merges say.</param>
/// <param name="AddBos">Whether texts begin with BOS where the file does not say.</param>
/// <param name="Compose">Whether the text is brought to NFC first; llama.cpp leaves that out.</param>
internal sealed record GgufPreTokenizer(string[] Patterns, bool IgnoreMerges = false, bool AddBos = false, bool Compose = false);

/// <summary>The names that llama.cpp gives to the ways of splitting text (its <c>llama-vocab</c>).</summary>
internal static class GgufPreTokenizers
{
    private static readonly GgufPreTokenizer Gpt2 = new([KnownPatterns.Gpt2]);
    private static readonly GgufPreTokenizer SingleDigits = new([@"\p{N}", KnownPatterns.Gpt2]);
    private static readonly GgufPreTokenizer Llama3 = new([KnownPatterns.Llama3], IgnoreMerges: true, AddBos: true);
    private static readonly GgufPreTokenizer Cl100K = new([KnownPatterns.Llama3]);
    private static readonly GgufPreTokenizer Qwen2 = new([KnownPatterns.Qwen2], Compose: true);
    private static readonly GgufPreTokenizer Gpt4O = new([KnownPatterns.Gpt4o]);
    private static readonly GgufPreTokenizer DeepSeek3 =
        new([KnownPatterns.DeepSeekNumbers, KnownPatterns.DeepSeekHan, KnownPatterns.DeepSeekWords]);

    private static readonly Dictionary<string, GgufPreTokenizer> ByName = new(StringComparer.Ordinal)
    {
        ["gpt-2"] = Gpt2,
        ["phi-2"] = Gpt2,
        ["roberta-bpe"] = Gpt2,
        ["smollm"] = SingleDigits,
        ["starcoder"] = SingleDigits,
        ["refact"] = SingleDigits,
        ["command-r"] = SingleDigits,
        ["exaone"] = SingleDigits,
        ["llama3"] = Llama3,
        ["llama-v3"] = Llama3,
        ["llama-bpe"] = Llama3,
        ["falcon3"] = Llama3,
        ["dbrx"] = Cl100K,
        ["smaug-bpe"] = Cl100K,
        ["qwen2"] = Qwen2,
        ["stablelm2"] = Qwen2 with { Compose = false },
        ["deepseek-r1-qwen"] = Qwen2 with { Compose = false },
        ["gpt-4o"] = Gpt4O,
        ["llama4"] = Gpt4O,
        ["deepseek-v3"] = DeepSeek3,
    };

    /// <summary>The names, for errors.</summary>
    public static IEnumerable<string> Names => ByName.Keys.Order(StringComparer.Ordinal);

    public static GgufPreTokenizer? Find(string name) => ByName.GetValueOrDefault(name);
}
