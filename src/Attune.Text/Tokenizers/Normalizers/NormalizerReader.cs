using Attune.Text.Tokenizers.Patterns;

namespace Attune.Text.Tokenizers.Normalizers;

/// <summary>Reads "normalizer" of tokenizer.json.</summary>
internal static class NormalizerReader
{
    public static INormalizer Read(Component component) => component.Type switch
    {
        "Sequence" => new SequenceNormalizer([.. component.Items("normalizers").Select(Read)]),
        "NFC" => new UnicodeNormalizer(compose: true, compatibility: false),
        "NFD" => new UnicodeNormalizer(compose: false, compatibility: false),
        "NFKC" => new UnicodeNormalizer(compose: true, compatibility: true),
        "NFKD" => new UnicodeNormalizer(compose: false, compatibility: true),
        "Lowercase" => new LowercaseNormalizer(),
        "StripAccents" => new StripAccentsNormalizer(),
        "Strip" => new StripNormalizer(component.Flag("strip_left"), component.Flag("strip_right")),
        "Prepend" => new PrependNormalizer(component.Text("prepend")),
        "Replace" => new ReplaceNormalizer(PatternReader.Read(component), component.Text("content")),
        "ByteLevel" => new ByteLevelNormalizer(),
        _ => throw component.Unsupported("normalizer"),
    };
}
