namespace Attune.Text.Tokenizers.Patterns;

/// <summary>
/// The patterns by which byte-level tokenizers cut text, recognised by their text and matched by hand-written code.
/// </summary>
internal static class KnownPatterns
{
    /// <summary>GPT-2: also the default of the ByteLevel pre-tokenizer.</summary>
    public const string Gpt2 =
        @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    /// <summary>Llama 3 (cl100k): up to three digits a piece.</summary>
    public const string Llama3 =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>Qwen 2 and 3: as Llama 3 with single digits.</summary>
    public const string Qwen2 =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>GPT-4o (o200k): words part where lower case turns to upper case.</summary>
    public const string Gpt4o =
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        + @"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        + @"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>DeepSeek V3's first: groups of up to three digits.</summary>
    public const string DeepSeekNumbers = @"\p{N}{1,3}";

    /// <summary>DeepSeek V3's second: runs of Han characters and kana.</summary>
    public const string DeepSeekHan = "[\u4E00-\u9FA5\u3040-\u309F\u30A0-\u30FF]+";

    /// <summary>DeepSeek V3's third: words with their marks, punctuation, white space.</summary>
    public const string DeepSeekWords =
        "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+"
        + "| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+";

    private static readonly Dictionary<string, Scan> Scanners = new(StringComparer.Ordinal)
    {
        [Gpt2] = Gpt2Scanner.Scan,
        [Llama3] = (text, at) => Llama3Scanner.Scan(text, at, 3),
        [Qwen2] = (text, at) => Llama3Scanner.Scan(text, at, 1),
        [Gpt4o] = Gpt4oScanner.Scan,
        [DeepSeekNumbers] = (text, at) => Scanner.Digits(text, at, 3),
        [DeepSeekHan] = DeepSeekScanner.ScanHan,
        [DeepSeekWords] = DeepSeekScanner.ScanWords,
    };

    /// <summary>The pattern of that text, or null where it is none of these.</summary>
    public static Pattern? Find(string text) =>
        Scanners.TryGetValue(text, out var scan) ? new ScannerPattern(scan) : null;
}
