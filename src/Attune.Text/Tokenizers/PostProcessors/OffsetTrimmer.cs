namespace Attune.Text.Tokenizers.PostProcessors;

/// <summary>The ByteLevel post-processor with <c>trim_offsets</c>: offsets no longer cover white space at the edges.</summary>
/// <param name="prefixSpaceAdded">Whether the first space of the text may be one that the pre-tokenizer added.</param>
internal sealed class OffsetTrimmer(bool prefixSpaceAdded) : IPostProcessor
{
    public TokenList Process(TokenList tokens, bool addSpecialTokens)
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens.Tokens[i];
            var (start, end) = tokens.Offsets[i];
            var leading = 0;
            while (leading < token.Length && IsSpace(token[leading])) leading++;
            var trailing = 0;
            while (trailing < token.Length && IsSpace(token[^(trailing + 1)])) trailing++;
            if (leading > 0 && prefixSpaceAdded && (i == 0 || start == 0)) leading--;
            start = Math.Min(start + leading, end);
            if (end >= trailing) end = Math.Max(end - trailing, start);
            tokens.Offsets[i] = (start, end);
        }

        return tokens;
    }

    private static bool IsSpace(char c) => c == ByteAlphabet.ToChar((byte)' ') || char.IsWhiteSpace(c);
}
