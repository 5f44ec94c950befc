using Attune.Text.Templates.Jinja.Values;

namespace Attune.Text.Templates.Jinja.Evaluation;

/// <summary>The variable <c>loop</c>: where a <c>for</c> is. It reads one item ahead, all of them only for the length.</summary>
internal sealed class LoopContext : ISized
{
    private readonly IEnumerator<object?> _items;
    private readonly Func<object?, int, string>? _recurse;
    private readonly int _depth; // 0 for a loop that is not inside of itself
    private readonly Queue<object?> _ahead = new();
    private int? _length;
    private int _index = -1;
    private object? _previous;
    private object? _current;
    private JinjaTuple? _lastChanged;

    /// <summary>Begins before the first item.</summary>
    /// <param name="items">What the loop goes over.</param>
    /// <param name="length">Their number where it is known beforehand.</param>
    /// <param name="recurse">Renders the loop over other items at a depth, where it is recursive.</param>
    /// <param name="depth">How often the loop is inside of itself.</param>
    public LoopContext(IEnumerable<object?> items, int? length, Func<object?, int, string>? recurse, int depth)
    {
        _items = items.GetEnumerator();
        _length = length;
        _recurse = recurse;
        _depth = depth;
    }

    public int Length
    {
        get
        {
            if (_length is { } known) return known;
            while (ReadAhead()) Limits.CheckItems(_ahead.Count);
            _length = _index + 1 + _ahead.Count;
            return _length.Value;
        }
    }

    /// <summary>Goes to the next item.</summary>
    public bool Next(out object? item)
    {
        if (_ahead.Count == 0 && !ReadAhead())
        {
            item = null;
            return false;
        }

        _previous = _current;
        item = _current = _ahead.Dequeue();
        _index++;
        return true;
    }

    /// <summary>Renders the loop's body over other items.</summary>
    public string Recurse(CallArguments arguments)
    {
        if (_recurse is null) throw JinjaException.Type("The loop must have the 'recursive' marker to be called recursively.");
        if (arguments.Positional is not [var inner] || arguments.Keywords.Count > 0)
            throw JinjaException.Type("loop() takes 1 positional argument");
        return _recurse(inner, _depth + 1);
    }

    public bool TryGetAttribute(string name, out object? value)
    {
        var isKnown = true;
        value = name switch
        {
            "index" => _index + 1L,
            "index0" => (long)_index,
            "revindex" => (long)Length - _index,
            "revindex0" => Length - _index - 1L,
            "first" => _index == 0,
            "last" => _ahead.Count == 0 && !ReadAhead(),
            "length" => (long)Length,
            "depth" => _depth + 1L,
            "depth0" => (long)_depth,
            "previtem" => _index == 0 ? new Undefined("there is no previous item") : _previous,
            "nextitem" => _ahead.Count > 0 || ReadAhead() ? _ahead.Peek() : new Undefined("there is no next item"),
            "cycle" => new Function(name, arguments => Cycle(arguments.Positional)),
            "changed" => new Function(name, arguments => Changed(arguments.Positional)),
            _ => isKnown = false,
        };
        return isKnown;
    }

    private bool ReadAhead()
    {
        if (!_items.MoveNext()) return false;
        _ahead.Enqueue(_items.Current);
        return true;
    }

    private object? Cycle(IReadOnlyList<object?> values) => values.Count > 0
        ? values[_index % values.Count]
        : throw JinjaException.Type("no items for cycling given");

    private object Changed(IReadOnlyList<object?> values)
    {
        var now = new JinjaTuple(values);
        if (_lastChanged is not null && Comparison.AreEqual(_lastChanged, now)) return false;
        _lastChanged = now;
        return true;
    }
}

