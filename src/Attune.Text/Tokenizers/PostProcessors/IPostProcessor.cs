namespace Attune.Text.Tokenizers.PostProcessors;

/// <summary>Adds special tokens to a tokenized text, or trims offsets.</summary>
internal interface IPostProcessor
{
    /// <summary>The finished tokens; the list given may be changed or returned.</summary>
    TokenList Process(TokenList tokens, bool addSpecialTokens);
}
