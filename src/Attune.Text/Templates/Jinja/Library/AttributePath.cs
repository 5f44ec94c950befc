using Attune.Text.Templates.Jinja.Evaluation;
using Attune.Text.Templates.Jinja.PythonText;
using Attune.Text.Templates.Jinja.Values;

namespace Attune.Text.Templates.Jinja.Library;

/// <summary>The <c>attribute</c> of filters: <c>"a.b.0"</c> or an index.</summary>
internal sealed class AttributePath
{
    private readonly object?[] _parts;

    private AttributePath(object?[] parts) => _parts = parts;

    /// <summary>What stands for a part that is missing; null leaves it undefined.</summary>
    public object? Default { get; init; }

    /// <summary>Null is the path of no parts: the item itself.</summary>
    public static AttributePath Parse(object? attribute, object? otherwise = null) => new(Parts(attribute)) { Default = otherwise };

    /// <summary>Several paths, with commas between them.</summary>
    public static AttributePath[] ParseMany(object? attribute) => Strings.Is(attribute, out var text)
        ? [.. text.Split(',').Select(path => Parse(path))]
        : [Parse(attribute)];

    public object? Get(object? item)
    {
        foreach (var part in _parts)
        {
            Budget.Charge();
            item = Members.GetItem(item, part);
            if (item is Undefined && Default is not null) item = Default;
        }

        return item;
    }

    private static object?[] Parts(object? attribute)
    {
        if (attribute is null) return [];
        if (!Strings.Is(attribute, out var text)) return [attribute];
        return [.. text.Split('.').Select(part => part.Length > 0 && part.All(char.IsAsciiDigit)
            ? NumberText.ParseInteger(part, 10)
            : part)];
    }
}

