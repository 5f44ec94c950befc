namespace Attune.Text.Tokenizers.Decoders;

/// <summary>Turns the strings of tokens into the strings whose concatenation is the text.</summary>
internal interface IDecoder
{
    IReadOnlyList<string> Decode(IReadOnlyList<string> tokens);
}
