using System.Numerics;
using Attune.Text.Templates.Jinja.Library;
using Attune.Text.Templates.Jinja.PythonText;
using Attune.Text.Templates.Jinja.Values;

namespace Attune.Text.Templates.Jinja.Evaluation;

/// <summary>
/// What a dot and brackets reach: <c>a.b</c> looks for a method or attribute first and an item second, <c>a['b']</c> the
/// other way round. Only what is listed here exists; nothing of .NET is reachable.
/// </summary>
internal static class Members
{
    // Attributes that every Python object has, which the sandbox hides.
    private static readonly HashSet<string> Hidden =
    [
        "__class__", "__init__", "__new__", "__doc__", "__dir__", "__repr__", "__str__", "__format__", "__hash__", "__eq__",
        "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__getattribute__", "__setattr__", "__delattr__", "__reduce__",
        "__reduce_ex__", "__sizeof__", "__subclasshook__", "__init_subclass__",
    ];

    private static readonly HashSet<string> HiddenOfValues =
        ["__add__", "__radd__", "__mul__", "__len__", "__iter__", "__contains__", "__getitem__", "__mod__", "__int__"];

    private static readonly HashSet<string> HiddenOfCallables =
        ["__globals__", "__code__", "__closure__", "__call__", "__self__", "__func__", "__name__", "__module__", "__dict__", "__wrapped__"];

    private static readonly HashSet<string> Mutators =
    [
        "append", "clear", "extend", "insert", "pop", "popitem", "remove", "reverse", "setdefault", "sort", "update",
    ];

    public static object? GetAttribute(object? owner, string name)
    {
        Undefined.Reject(owner);
        if (TryAttribute(owner, name, out var value)) return value;
        return TryItem(owner, name, out value) ? value : Undefined.Attribute(owner, name);
    }

    public static object? GetItem(object? owner, object? key)
    {
        Undefined.Reject(owner);
        if (TryItem(owner, key, out var value)) return value;
        return Strings.Is(key, out var name) && TryAttribute(owner, name, out value) ? value : Undefined.Element(owner, key);
    }

    /// <summary>An attribute as Python's getattr finds it; one that the sandbox hides is an undefined value.</summary>
    public static bool TryAttribute(object? owner, string name, out object? value)
    {
        if (name.StartsWith('_'))
        {
            value = Undefined.Unsafe(owner, name);
            return IsHidden(owner, name);
        }

        value = null;
        switch (owner)
        {
            case string or Markup: return StringMethods.TryGet(owner, name, out value);
            case JinjaDictionary dictionary: return TryMutator(owner, name, out value) || DictionaryMethods.TryGet(dictionary, name, out value);
            case JinjaList: return TryMutator(owner, name, out value) || SequenceMethods.TryGet((IIndexed)owner, name, out value);
            case IIndexed indexed: return SequenceMethods.TryGet(indexed, name, out value);
            case long or bool or BigInteger or double: return NumberMethods.TryGet(owner, name, out value);
            case JinjaNamespace ns: return ns.Attributes.TryGetValue(name, out value);
            case LoopContext loop: return loop.TryGetAttribute(name, out value);
            case Callable callable: return callable.TryGetAttribute(name, out value);
            case Bytes bytes when name == "decode":
                value = new Function(name, _ => System.Text.Encoding.UTF8.GetString(bytes.Value));
                return true;
            case Generator when name is "gi_frame" or "gi_code":
                value = Undefined.Unsafe(owner, name);
                return true;
            default: return false;
        }
    }

    private static bool IsHidden(object? owner, string name) => Hidden.Contains(name)
        || (owner is Callable ? HiddenOfCallables.Contains(name) : HiddenOfValues.Contains(name))
        || (owner is JinjaNamespace && name == "__dict__")
        || owner is BlockReferences or LoopContext;

    private static bool TryMutator(object owner, string name, out object? value)
    {
        var exists = Mutators.Contains(name) && (owner is JinjaDictionary
            ? name is "clear" or "pop" or "popitem" or "setdefault" or "update"
            : name is not ("popitem" or "setdefault" or "update"));
        value = exists ? Undefined.Unsafe(owner, name) : null;
        return exists;
    }

    // An item as Python's [] finds it; false where it would raise a TypeError or LookupError.
    private static bool TryItem(object? owner, object? key, out object? value)
    {
        value = null;
        switch (owner)
        {
            case JinjaDictionary dictionary:
                return key is not (JinjaList or JinjaDictionary) && dictionary.TryGet(key, out value);
            case BlockReferences blocks:
                return Strings.Is(key, out var name) && blocks.TryGet(name, out value);
            case string or Markup when Integers.IsInteger(key):
                return TryCharacter(owner, Integers.ToIndex(key), out value);
            case IIndexed indexed when Integers.IsInteger(key):
                var index = Integers.ToIndex(key);
                if (index < 0) index += indexed.Count;
                if (index < 0 || index >= indexed.Count) return false;
                value = indexed[index];
                return true;
            default:
                return false;
        }
    }

    private static bool TryCharacter(object owner, int index, out object? value)
    {
        var text = Representation.Str(owner);
        Budget.ChargeText(text.Length);
        var length = Strings.Length(text);
        if (index < 0) index += length;
        value = null;
        if (index < 0 || index >= length) return false;
        var at = Strings.IndexOfCodePoint(text, index);
        Characters.RuneAt(text, at, out var units);
        value = Strings.Like(owner, text.Substring(at, units));
        return true;
    }
}
