using System.Numerics;
using Attune.Text.Templates.Jinja.PythonText;
using Attune.Text.Templates.Jinja.Values;

namespace Attune.Text.Templates.Jinja.Library;

/// <summary>The functions every chat template can call.</summary>
internal static class Globals
{
    /// <summary>The functions by name.</summary>
    /// <param name="now">The time that <c>strftime_now</c> tells.</param>
    public static Dictionary<string, object?> Create(DateTimeOffset now) => new(StringComparer.Ordinal)
    {
        ["range"] = DictionaryMethods.Bind("range", 1, ["start", "stop", "step"], Range),
        ["dict"] = new DictionaryFactory(),
        ["namespace"] = new Function("namespace", Namespace),
        ["cycler"] = new Function("cycler", arguments => new Cycler(arguments.Positional)),
        ["joiner"] = DictionaryMethods.Bind("joiner", 0, ["sep"], a => new Joiner(a.Get(0, ", "))),
        ["lipsum"] = new Function("lipsum", _ => throw JinjaException.Type("lipsum has no place in a chat template")),
        ["raise_exception"] = DictionaryMethods.Bind(
            "raise_exception", 1, ["message"], a => throw new JinjaException("TemplateError", Representation.Str(a.Get(0)))),
        ["strftime_now"] = DictionaryMethods.Bind("strftime_now", 1, ["format"], a => TimeFormat.Format(now, a.Text(0))),
    };

    public static JinjaDictionary DictionaryOf(IEnumerable<KeyValuePair<string, object?>> entries)
    {
        var dictionary = new JinjaDictionary();
        foreach (var (key, value) in entries) dictionary.Set(key, value);
        return dictionary;
    }

    /// <summary>Python's dict(mapping or pairs, name=value, …).</summary>
    public static JinjaDictionary MakeDictionary(CallArguments arguments)
    {
        if (arguments.Positional.Count > 1)
            throw JinjaException.Type($"dict expected at most 1 argument, got {arguments.Positional.Count}");
        var made = new JinjaDictionary();
        if (arguments.Positional is [JinjaDictionary source])
        {
            Budget.ChargeItems(source.Count);
            foreach (var (key, value) in source.Entries) made.Set(key, value);
        }
        else if (arguments.Positional is [var pairs])
        {
            foreach (var pair in Iteration.Items(pairs))
            {
                if (Iteration.ToList(pair) is not [var key, var value])
                    throw JinjaException.Value("dictionary update sequence element does not have 2 items");
                made.Set(key, value);
            }
        }

        foreach (var (key, value) in arguments.Keywords) made.Set(key, value);
        return made;
    }

    private static object Namespace(CallArguments arguments)
    {
        var made = new JinjaNamespace();
        foreach (var (key, value) in MakeDictionary(arguments).Entries)
            made.Set(Strings.Is(key, out var name) ? name : throw JinjaException.Type("attribute name must be string"), value);
        return made;
    }

    private static object Range(Bound a)
    {
        var first = Long(a.Get(0));
        return a.Has(1)
            ? JinjaRange.Create(first, Long(a.Get(1)), a.Has(2) ? Long(a.Get(2)) : 1)
            : JinjaRange.Create(0, first, 1);
    }

    private static long Long(object? value) => value is BigInteger
        ? throw new JinjaException("OverflowError", "Python int too large to convert to C ssize_t")
        : value is long number ? number : Integers.ToIndex(value);

    // `dict`, which is a class with a class method.
    private sealed class DictionaryFactory : Callable
    {
        public override string TypeName => "type";

        public override string Text => "<class 'dict'>";

        public override object? Call(CallArguments arguments) => MakeDictionary(arguments);

        public override bool TryGetAttribute(string name, out object? value)
        {
            value = name == "fromkeys" ? DictionaryMethods.FromKeys : null;
            return value is not null;
        }
    }
}
