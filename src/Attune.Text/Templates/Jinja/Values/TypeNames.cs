using System.Numerics;

namespace Attune.Text.Templates.Jinja.Values;

/// <summary>Python's names of types, for messages.</summary>
internal static class TypeNames
{
    public static string Of(object? value) => value switch
    {
        null => "NoneType",
        bool => "bool",
        long or BigInteger => "int",
        double => "float",
        string => "str",
        Markup => "Markup",
        JinjaList => "list",
        JinjaTuple => "tuple",
        JinjaDictionary => "dict",
        JinjaRange => "range",
        DictionaryView view => $"dict_{view.Name}",
        Generator => "generator",
        JinjaNamespace => "Namespace",
        Undefined => "Undefined",
        Bytes => "bytes",
        Callable callable => callable.TypeName,
        _ => value.GetType().Name,
    };
}
