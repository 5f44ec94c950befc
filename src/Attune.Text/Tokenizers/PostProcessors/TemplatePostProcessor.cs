namespace Attune.Text.Tokenizers.PostProcessors;

/// <summary>Places the text among special tokens.</summary>
/// <param name="template">In order: null where the text goes, else the tokens that stand there.</param>
internal sealed class TemplatePostProcessor(IReadOnlyList<IReadOnlyList<(int Id, string Token)>?> template) : IPostProcessor
{
    public TokenList Process(TokenList tokens, bool addSpecialTokens)
    {
        if (!addSpecialTokens) return tokens;
        var result = new TokenList(tokens.TextLength);
        foreach (var part in template)
        {
            if (part is null)
            {
                Growth.Check(result.Count + tokens.Count, tokens.TextLength);
                result.AddRange(tokens);
                continue;
            }

            foreach (var (id, token) in part) result.Add(id, token, (0, 0));
        }

        return result;
    }
}
