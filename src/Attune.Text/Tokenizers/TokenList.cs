namespace Attune.Text.Tokenizers;

/// <summary>Tokens in the making: what the stages of a tokenizer add to and rewrite.</summary>
/// <param name="textLength">Length of the text they come from, in UTF-16 units.</param>
internal sealed class TokenList(int textLength)
{
    public int TextLength => textLength;

    public List<int> Ids { get; } = new((textLength / 3) + 8);

    public List<string> Tokens { get; } = new((textLength / 3) + 8);

    public List<(int Start, int End)> Offsets { get; } = new((textLength / 3) + 8);

    public int Count => Ids.Count;

    public void Add(int id, string token, (int Start, int End) offsets)
    {
        Ids.Add(id);
        Tokens.Add(token);
        Offsets.Add(offsets);
    }

    public void AddRange(TokenList other)
    {
        Ids.AddRange(other.Ids);
        Tokens.AddRange(other.Tokens);
        Offsets.AddRange(other.Offsets);
    }

    public Encoding ToEncoding() => new([.. Ids], [.. Tokens], [.. Offsets]);
}
