using Attune.Models;
using Attune.Text.Tokenizers;

namespace Attune.Evaluation.Texts;

/// <summary>The token that a text begins with for a model: it is read before the first token of the text, which can so be scored too.</summary>
public static class StartToken
{
    /// <summary>Its id; null: the tokenizer puts nothing before a text.</summary>
    /// <param name="tokenizer">What its post-processor puts there counts.</param>
    /// <param name="config">Else the BOS token, where <c>add_bos_token</c> is true.</param>
    public static int? Of(ITokenizer tokenizer, TokenizerConfig config)
    {
        var (bare, whole) = (tokenizer.Encode("a", addSpecialTokens: false).Ids, tokenizer.Encode("a").Ids);
        if (whole.Length > bare.Length && !whole.AsSpan().StartsWith(bare)) return whole[0];
        return config is { AddBosToken: true, BosToken: { } bos } ? tokenizer.TokenToId(bos) : null;
    }

    /// <summary>That of a model.</summary>
    public static int? Of(LanguageModel model) => Of(model.Tokenizer, model.TokenizerConfig);
}
