namespace Attune.Text.Tokenizers;

/// <summary>What a text became: n tokens, each with the characters it covers.</summary>
/// <param name="Ids">Token ids, length n.</param>
/// <param name="Tokens">
/// The vocabulary's strings of those ids, length n; for an added token the text it matched, with the white space it took along.
/// </param>
/// <param name="Offsets">
/// [start, end) of each token in UTF-16 indices of the original text, length n. A token that holds part of a character
/// covers the whole character; a token added by a post-processor covers (0, 0).
/// </param>
public sealed record Encoding(int[] Ids, string[] Tokens, (int Start, int End)[] Offsets)
{
    /// <summary>The first token whose offsets hold the UTF-16 index, or null.</summary>
    public int? CharToToken(int index)
    {
        for (var i = 0; i < Offsets.Length; i++)
        {
            if (index >= Offsets[i].Start && index < Offsets[i].End)
                return i;
        }

        return null;
    }
}
