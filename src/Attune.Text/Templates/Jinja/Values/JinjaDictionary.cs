namespace Attune.Text.Templates.Jinja.Values;

/// <summary>Python's dict: keys in the order they came, 1, 1.0 and true the same key.</summary>
internal sealed class JinjaDictionary
{
    private readonly OrderedDictionary<Key, object?> _entries = [];

    public int Count => _entries.Count;

    public IEnumerable<KeyValuePair<object?, object?>> Entries =>
        _entries.Select(entry => KeyValuePair.Create(entry.Key.Value, entry.Value));

    public IEnumerable<object?> Keys => _entries.Keys.Select(key => key.Value);

    public IEnumerable<object?> Values => _entries.Values;

    public void Set(object? key, object? value) => _entries[Key.Of(key)] = value;

    public bool TryGet(object? key, out object? value) => _entries.TryGetValue(Key.Of(key), out value);

    public bool Contains(object? key) => _entries.ContainsKey(Key.Of(key));

    public JinjaDictionary Copy()
    {
        Budget.ChargeItems(Count);
        var copy = new JinjaDictionary();
        foreach (var (key, value) in Entries) copy.Set(key, value);
        return copy;
    }

    // Equal as Python compares, so that 1 finds True; only immutable values are keys.
    private readonly struct Key : IEquatable<Key>
    {
        private readonly int hash;

        private Key(object? value)
        {
            Value = value;
            hash = Hashing.Hash(value);
        }

        public object? Value { get; }

        public static Key Of(object? value) => new(value);

        public bool Equals(Key other) => Comparison.AreSame(Value, other.Value);

        public override bool Equals(object? obj) => obj is Key other && Equals(other);

        public override int GetHashCode() => hash;
    }
}

/// <summary>What <c>keys()</c>, <c>values()</c> and <c>items()</c> give.</summary>
/// <param name="Owner">The dictionary.</param>
/// <param name="Name">keys, values or items.</param>
internal sealed record DictionaryView(JinjaDictionary Owner, string Name)
{
    public IEnumerable<object?> Items => Name switch
    {
        "keys" => Owner.Keys,
        "values" => Owner.Values,
        _ => Owner.Entries.Select(entry => new JinjaTuple([entry.Key, entry.Value])),
    };
}

/// <summary>What <c>namespace()</c> makes: the one thing whose attributes a template can set.</summary>
internal sealed class JinjaNamespace
{
    public OrderedDictionary<string, object?> Attributes { get; } = new(StringComparer.Ordinal);

    public void Set(string name, object? value)
    {
        if (name.StartsWith('_'))
        {
            throw new JinjaException(
                "SecurityError", $"a namespace cannot store attributes that start with an underscore, but got '{name}'");
        }

        Attributes[name] = value;
    }
}

