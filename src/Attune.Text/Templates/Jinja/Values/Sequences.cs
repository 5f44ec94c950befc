namespace Attune.Text.Templates.Jinja.Values;

/// <summary>A value whose items have an index.</summary>
internal interface IIndexed
{
    int Count { get; }

    object? this[int index] { get; }
}

/// <summary>Python's list. Templates cannot change one.</summary>
internal sealed class JinjaList(List<object?> items) : IIndexed
{
    public JinjaList(IEnumerable<object?> items)
        : this(items.ToList())
    {
    }

    public List<object?> Items { get; } = items;

    public int Count => Items.Count;

    public object? this[int index] => Items[index];
}

/// <summary>Python's tuple; <paramref name="names"/> gives the items attribute names (a group of <c>groupby</c>).</summary>
internal sealed class JinjaTuple(IReadOnlyList<object?> items, IReadOnlyList<string>? names = null) : IIndexed
{
    public IReadOnlyList<object?> Items { get; } = items;

    public IReadOnlyList<string>? Names { get; } = names;

    public int Count => Items.Count;

    public object? this[int index] => Items[index];
}

/// <summary>Python's range: <paramref name="count"/> numbers from <paramref name="start"/> on.</summary>
internal sealed class JinjaRange(long start, long stop, long step, int count) : IIndexed
{
    public long Start { get; } = start;

    public long Stop { get; } = stop;

    public long Step { get; } = step;

    public int Count { get; } = count;

    public object? this[int index] => Start + (Step * index);

    /// <summary>Numbers from start up to (or down to) stop, which is not reached.</summary>
    public static JinjaRange Create(long start, long stop, long step)
    {
        if (step == 0) throw JinjaException.Value("range() arg 3 must not be zero");
        var distance = step > 0 ? (Int128)stop - start : (Int128)start - stop;
        var stride = step > 0 ? (Int128)step : -(Int128)step;
        var count = distance <= 0 ? 0 : ((distance - 1) / stride) + 1;
        if (count > Limits.Range)
        {
            throw new JinjaException(
                "OverflowError", $"Range too big. The sandbox blocks ranges larger than {Limits.Range}.");
        }

        return new JinjaRange(start, stop, step, (int)count);
    }
}

/// <summary>Items that are made as they are asked for, once: what lazy filters give.</summary>
internal sealed class Generator(IEnumerable<object?> items)
{
    private readonly IEnumerator<object?> _enumerator = items.GetEnumerator();

    /// <summary>The items nobody has taken yet.</summary>
    public IEnumerable<object?> Rest()
    {
        while (_enumerator.MoveNext()) yield return _enumerator.Current;
    }
}

/// <summary>Python's bytes, which <c>encode</c> makes.</summary>
internal sealed record Bytes(byte[] Value);

