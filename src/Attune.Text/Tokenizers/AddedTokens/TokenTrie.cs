namespace Attune.Text.Tokenizers.AddedTokens;

/// <summary>Finds the longest of many strings at a place in a text.</summary>
internal sealed class TokenTrie
{
    private readonly Dictionary<(int Node, char Next), int> edges = [];
    private readonly List<int> ends = [-1]; // per node: the token that ends there, or −1
    private readonly HashSet<char> first = [];

    public bool IsEmpty => edges.Count == 0;

    /// <summary>Adds a string that is not empty; of two equal ones the first counts.</summary>
    public void Add(string content, int token)
    {
        if (content.Length == 0) return;
        first.Add(content[0]);
        var node = 0;
        foreach (var c in content)
        {
            if (!edges.TryGetValue((node, c), out var next))
            {
                next = ends.Count;
                ends.Add(-1);
                edges[(node, c)] = next;
            }

            node = next;
        }

        if (ends[node] < 0) ends[node] = token;
    }

    /// <summary>The leftmost match from an index on, the longest of those; false: none.</summary>
    public bool TryFind(ReadOnlySpan<char> text, int from, out int start, out int end, out int token)
    {
        for (start = from; start < text.Length; start++)
        {
            if (!first.Contains(text[start])) continue;
            (end, token) = Longest(text, start);
            if (token >= 0) return true;
        }

        (end, token) = (start, -1);
        return false;
    }

    private (int End, int Token) Longest(ReadOnlySpan<char> text, int start)
    {
        var (node, end, token) = (0, start, -1);
        for (var at = start; at < text.Length && edges.TryGetValue((node, text[at]), out node);)
        {
            at++;
            if (ends[node] >= 0) (end, token) = (at, ends[node]);
        }

        return (end, token);
    }
}
