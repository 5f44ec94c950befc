namespace Attune.Text.Tokenizers.Decoders;

/// <summary>Reads "decoder" of tokenizer.json.</summary>
internal static class DecoderReader
{
    public static IDecoder Read(Component component) => component.Type switch
    {
        "ByteLevel" => new ByteLevelDecoder(),
        _ => throw component.Unsupported("decoder"),
    };
}
