using Attune.Text.Templates.Jinja.Values;

namespace Attune.Text.Templates.Jinja.Library;

/// <summary><c>cycler(a, b, …)</c>: its items in turn.</summary>
internal sealed class Cycler : Callable
{
    private readonly IReadOnlyList<object?> items;
    private int position;

    public Cycler(IReadOnlyList<object?> items)
    {
        if (items.Count == 0) throw new JinjaException("RuntimeError", "at least one item has to be provided");
        this.items = items;
    }

    public override string TypeName => "Cycler";

    public override string Text => "<Cycler object>";

    public override object? Call(CallArguments arguments) => throw JinjaException.Type("'Cycler' object is not callable");

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "current" => items[position],
            "next" => new Function(name, _ => Next()),
            "reset" => new Function(name, _ => Reset()),
            "items" => new JinjaTuple(items),
            "pos" => (long)position,
            _ => null,
        };
        return value is not null || name == "current";
    }

    private object? Next()
    {
        var item = items[position];
        position = (position + 1) % items.Count;
        return item;
    }

    private object? Reset()
    {
        position = 0;
        return null;
    }
}

/// <summary><c>joiner(separator)</c>: nothing at the first call, the separator at every other.</summary>
internal sealed class Joiner(object? separator) : Callable
{
    private bool isUsed;

    public override string TypeName => "Joiner";

    public override string Text => "<Joiner object>";

    public override object? Call(CallArguments arguments)
    {
        if (isUsed) return separator;
        isUsed = true;
        return "";
    }
}
