namespace Attune.Text.Tokenizers.PostProcessors;

/// <summary>One post-processor after the other.</summary>
internal sealed class SequencePostProcessor(IPostProcessor[] parts) : IPostProcessor
{
    public TokenList Process(TokenList tokens, bool addSpecialTokens)
    {
        foreach (var part in parts) tokens = part.Process(tokens, addSpecialTokens);
        return tokens;
    }
}
