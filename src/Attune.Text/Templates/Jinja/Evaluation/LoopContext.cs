using Attune.Text.Templates.Jinja.Values;

namespace Attune.Text.Templates.Jinja.Evaluation;

/// <summary>The variable <c>loop</c>: where a <c>for</c> is. It reads one item ahead, all of them only for the length.</summary>
internal sealed class LoopContext : ISized
{
    private readonly IEnumerator<object?> items;
    private readonly Func<object?, int, string>? recurse;
    private readonly int depth; // 0 for a loop that is not inside of itself
    private readonly Queue<object?> ahead = new();
    private int? length;
    private int index = -1;
    private object? previous;
    private object? current;
    private JinjaTuple? lastChanged;

    /// <summary>Begins before the first item.</summary>
    /// <param name="items">What the loop goes over.</param>
    /// <param name="length">Their number where it is known beforehand.</param>
    /// <param name="recurse">Renders the loop over other items at a depth, where it is recursive.</param>
    /// <param name="depth">How often the loop is inside of itself.</param>
    public LoopContext(IEnumerable<object?> items, int? length, Func<object?, int, string>? recurse, int depth)
    {
        this.items = items.GetEnumerator();
        this.length = length;
        this.recurse = recurse;
        this.depth = depth;
    }

    public int Length
    {
        get
        {
            if (length is { } known) return known;
            while (ReadAhead()) Limits.CheckItems(ahead.Count);
            length = index + 1 + ahead.Count;
            return length.Value;
        }
    }

    /// <summary>Goes to the next item.</summary>
    public bool Next(out object? item)
    {
        if (ahead.Count == 0 && !ReadAhead())
        {
            item = null;
            return false;
        }

        previous = current;
        item = current = ahead.Dequeue();
        index++;
        return true;
    }

    /// <summary>Renders the loop's body over other items.</summary>
    public string Recurse(CallArguments arguments)
    {
        if (recurse is null) throw JinjaException.Type("The loop must have the 'recursive' marker to be called recursively.");
        if (arguments.Positional is not [var inner] || arguments.Keywords.Count > 0)
            throw JinjaException.Type("loop() takes 1 positional argument");
        return recurse(inner, depth + 1);
    }

    public bool TryGetAttribute(string name, out object? value)
    {
        var isKnown = true;
        value = name switch
        {
            "index" => index + 1L,
            "index0" => (long)index,
            "revindex" => (long)Length - index,
            "revindex0" => Length - index - 1L,
            "first" => index == 0,
            "last" => ahead.Count == 0 && !ReadAhead(),
            "length" => (long)Length,
            "depth" => depth + 1L,
            "depth0" => (long)depth,
            "previtem" => index == 0 ? new Undefined("there is no previous item") : previous,
            "nextitem" => ahead.Count > 0 || ReadAhead() ? ahead.Peek() : new Undefined("there is no next item"),
            "cycle" => new Function(name, arguments => Cycle(arguments.Positional)),
            "changed" => new Function(name, arguments => Changed(arguments.Positional)),
            _ => isKnown = false,
        };
        return isKnown;
    }

    private bool ReadAhead()
    {
        if (!items.MoveNext()) return false;
        ahead.Enqueue(items.Current);
        return true;
    }

    private object? Cycle(IReadOnlyList<object?> values) => values.Count > 0
        ? values[index % values.Count]
        : throw JinjaException.Type("no items for cycling given");

    private object Changed(IReadOnlyList<object?> values)
    {
        var now = new JinjaTuple(values);
        if (lastChanged is not null && Comparison.AreEqual(lastChanged, now)) return false;
        lastChanged = now;
        return true;
    }
}
