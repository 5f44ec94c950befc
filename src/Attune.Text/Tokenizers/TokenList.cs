namespace Attune.Text.Tokenizers;

/// <summary>Tokens in the making: what the stages of a tokenizer add to and rewrite.</summary>
internal sealed class TokenList(int capacity)
{
    public List<int> Ids { get; } = new(capacity);

    public List<string> Tokens { get; } = new(capacity);

    public List<(int Start, int End)> Offsets { get; } = new(capacity);

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
