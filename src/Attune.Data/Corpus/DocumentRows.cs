namespace Attune.Data.Corpus;

/// <summary>
/// Documents packed into rows: shuffled once, laid end to end and cut into rows of equal length, the last one shorter where
/// it must be. Every token is in exactly one row. A row's pieces are samples of their own, so attention crosses neither a
/// document's end nor a row's.
/// </summary>
public sealed class DocumentRows
{
    private readonly TokenFile _file;
    private readonly int[] _order;    // documents as they lie end to end
    private readonly long[] _ends;    // of each of them, in tokens
    private readonly int _rowTokens;

    /// <summary>Rows of a file's documents.</summary>
    /// <param name="file">The documents; stays the caller's.</param>
    /// <param name="rowTokens">Tokens of a row, at least 1.</param>
    /// <param name="seed">Seed of the shuffle.</param>
    public DocumentRows(TokenFile file, int rowTokens, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rowTokens, 1);
        (_file, _rowTokens) = (file, rowTokens);
        _order = [.. Enumerable.Range(0, file.Documents)];
        new SeededRandom(seed).Shuffle<int>(_order);
        _ends = new long[_order.Length];
        var tokens = 0L;
        for (var i = 0; i < _order.Length; i++) _ends[i] = tokens += file.LengthOf(_order[i]);
        Count = checked((int)((tokens - 1) / rowTokens) + 1);
    }

    /// <summary>Number of rows.</summary>
    public int Count { get; }

    /// <summary>Tokens of a row.</summary>
    /// <param name="row">0 … <see cref="Count"/> − 1.</param>
    public int LengthOf(int row) => (int)Math.Min(_rowTokens, _ends[^1] - ((long)row * _rowTokens));

    /// <summary>The pieces of documents in a row, in order; none is empty.</summary>
    /// <param name="row">0 … <see cref="Count"/> − 1.</param>
    public IReadOnlyList<int[]> Row(int row)
    {
        var (at, left) = ((long)row * _rowTokens, LengthOf(row));
        var place = Array.BinarySearch(_ends, at + 1); // the first document that ends after `at`
        if (place < 0) place = ~place;
        var pieces = new List<int[]>();
        for (; left > 0; place++)
        {
            var document = _order[place];
            var done = at - (_ends[place] - _file.LengthOf(document));
            var count = (int)Math.Min(left, _ends[place] - at);
            pieces.Add(_file.Read(_file.StartOf(document) + done, count));
            at += count;
            left -= count;
        }

        return pieces;
    }
}
