namespace Attune.Text.Tokenizers.Models;

/// <summary>The tokens of a piece: ids, and [start, end) from the piece's beginning.</summary>
internal sealed record PieceTokens(string Text, int[] Ids, (int Start, int End)[] Ranges);

/// <summary>
/// Remembers the tokens of short pieces. Every piece has one slot, and the latest stays: bounded, and safe between
/// threads without a lock because entries never change.
/// </summary>
internal sealed class PieceCache
{
    /// <summary>Longest piece that is kept, in UTF-16 units.</summary>
    public const int LongestPiece = 48;

    private readonly PieceTokens?[] slots = new PieceTokens?[1 << 15];

    public PieceTokens? Find(ReadOnlySpan<char> piece, out int slot)
    {
        var hash = 2166136261u;
        foreach (var c in piece) hash = (hash ^ c) * 16777619u;
        slot = (int)((hash ^ (hash >> 15)) & (uint)(slots.Length - 1));
        var found = Volatile.Read(ref slots[slot]);
        return found is not null && piece.SequenceEqual(found.Text) ? found : null;
    }

    public void Store(int slot, PieceTokens tokens) => Volatile.Write(ref slots[slot], tokens);
}
