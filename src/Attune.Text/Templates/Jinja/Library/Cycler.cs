using Attune.Text.Templates.Jinja.Values;

namespace Attune.Text.Templates.Jinja.Library;

/// <summary><c>cycler(a, b, …)</c>: its items in turn.</summary>
internal sealed class Cycler : Callable
{
    private readonly IReadOnlyList<object?> _items;
    private int _position;

    public Cycler(IReadOnlyList<object?> items)
    {
        if (items.Count == 0) throw new JinjaException("RuntimeError", "at least one item has to be provided");
        _items = items;
    }

    public override string TypeName => "Cycler";

    public override string Text => "<Cycler object>";

    public override object? Call(CallArguments arguments) => throw JinjaException.Type("'Cycler' object is not callable");

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "current" => _items[_position],
            "next" => new Function(name, _ => Next()),
            "reset" => new Function(name, _ => Reset()),
            "items" => new JinjaTuple(_items),
            "pos" => (long)_position,
            _ => null,
        };
        return value is not null || name == "current";
    }

    private object? Next()
    {
        var item = _items[_position];
        _position = (_position + 1) % _items.Count;
        return item;
    }

    private object? Reset()
    {
        _position = 0;
        return null;
    }
}

/// <summary><c>joiner(separator)</c>: nothing at the first call, the separator at every other.</summary>
internal sealed class Joiner(object? separator) : Callable
{
    private bool _isUsed;

    public override string TypeName => "Joiner";

    public override string Text => "<Joiner object>";

    public override object? Call(CallArguments arguments)
    {
        if (_isUsed) return separator;
        _isUsed = true;
        return "";
    }
}

