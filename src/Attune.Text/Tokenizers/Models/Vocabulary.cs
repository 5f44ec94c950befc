namespace Attune.Text.Tokenizers.Models;

/// <summary>Strings and their ids, both ways.</summary>
internal sealed class Vocabulary
{
    private readonly Dictionary<string, int> ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> bySpan;
    private string?[] tokens;

    public Vocabulary(int capacity)
    {
        ids = new(capacity);
        bySpan = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        tokens = new string?[capacity];
    }

    /// <summary>Entries, which may be fewer than the highest id.</summary>
    public int Count => ids.Count;

    /// <summary>The highest id plus one.</summary>
    public int End { get; private set; }

    /// <summary>Adds an entry; of two with one string or one id the later counts.</summary>
    /// <returns>False where the id lies so far beyond the entries that it cannot be right.</returns>
    public bool Add(string token, int id)
    {
        if (id > 1 << 20 && id / 16 > ids.Count) return false;
        ids[token] = id;
        if (id >= tokens.Length) Array.Resize(ref tokens, Math.Max(id + 1, tokens.Length * 2));
        tokens[id] = token;
        End = Math.Max(End, id + 1);
        return true;
    }

    public int? Id(string token) => ids.TryGetValue(token, out var id) ? id : null;

    public bool TryId(ReadOnlySpan<char> token, out int id) => bySpan.TryGetValue(token, out id);

    public string? Token(int id) => (uint)id < (uint)tokens.Length ? tokens[id] : null;
}
