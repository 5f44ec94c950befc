using System.Collections.Frozen;
using System.Numerics;
using Attune.Text.Templates.Jinja.Evaluation;
using Attune.Text.Templates.Jinja.PythonText;
using Attune.Text.Templates.Jinja.Values;

namespace Attune.Text.Templates.Jinja.Library;

/// <summary>The tests of Jinja 3.1: <c>value is name</c>.</summary>
internal static class Tests
{
    private delegate bool Test(object? value, Bound arguments);

    public static readonly FrozenDictionary<string, Func<object?, CallArguments, bool>> Table = new[]
    {
        Define("defined", [], (v, a) => v is not Undefined),
        Define("undefined", [], (v, a) => v is Undefined),
        Define("none", [], (v, a) => v is null),
        Define("boolean", [], (v, a) => v is bool),
        Define("true", [], (v, a) => v is true),
        Define("false", [], (v, a) => v is false),
        Define("integer", [], (v, a) => v is long or BigInteger),
        Define("float", [], (v, a) => v is double),
        Define("number", [], (v, a) => Integers.IsNumber(v)),
        Define("string", [], (v, a) => Strings.Is(v)),
        Define("escaped", [], (v, a) => v is Markup),
        Define("mapping", [], (v, a) => v is JinjaDictionary),
        Define("sequence", [], (v, a) => v is string or Markup or IIndexed or JinjaDictionary or Undefined or Bytes),
        Define("iterable", [], (v, a) => v is LoopContext || Iteration.TryItems(v, out _)),
        Define("callable", [], (v, a) => v is Callable or LoopContext or Undefined),
        Define("lower", [], (v, a) => StringMethods.IsLower(Representation.Str(v))),
        Define("upper", [], (v, a) => StringMethods.IsUpper(Representation.Str(v))),
        Define("odd", [], (v, a) => Comparison.AreEqual(Arithmetic.Apply("%", v, 2L), 1L)),
        Define("even", [], (v, a) => Comparison.AreEqual(Arithmetic.Apply("%", v, 2L), 0L)),
        Define("divisibleby", ["num"], (v, a) => Comparison.AreEqual(Arithmetic.Apply("%", v, a.Get(0)), 0L)),
        Define("sameas", ["other"], (v, a) => AreSame(v, a.Get(0))),
        Define("in", ["seq"], (v, a) => Comparison.Contains(a.Get(0), v)),
        Define("filter", [], (v, a) => Strings.Is(v, out var name) && Filters.Table.ContainsKey(name)),
        Define("test", [], (v, a) => Strings.Is(v, out var name) && Table!.ContainsKey(name)),
        Compare("==", "=="), Compare("eq", "=="), Compare("equalto", "=="),
        Compare("!=", "!="), Compare("ne", "!="),
        Compare(">", ">"), Compare("gt", ">"), Compare("greaterthan", ">"),
        Compare(">=", ">="), Compare("ge", ">="),
        Compare("<", "<"), Compare("lt", "<"), Compare("lessthan", "<"),
        Compare("<=", "<="), Compare("le", "<="),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Applies a test by name.</summary>
    /// <exception cref="JinjaException">TemplateRuntimeError: there is no such test.</exception>
    public static bool Apply(string name, object? value, CallArguments arguments)
    {
        Budget.Charge();
        return Table.TryGetValue(name, out var test)
            ? test(value, arguments)
            : throw new JinjaException("TemplateRuntimeError", $"No test named '{name}'.");
    }

    private static KeyValuePair<string, Func<object?, CallArguments, bool>> Define(string name, string[] parameters, Test test)
    {
        var signature = new Signature(name, parameters.Length, parameters);
        return KeyValuePair.Create<string, Func<object?, CallArguments, bool>>(
            name, (value, arguments) => test(value, signature.Bind(arguments)));
    }

    private static KeyValuePair<string, Func<object?, CallArguments, bool>> Compare(string name, string op) =>
        Define(name, ["other"], (value, arguments) => Comparison.Holds(op, value, arguments.Get(0)));

    // Python's `is`: small values are one object, large ones their own.
    private static bool AreSame(object? a, object? b) => a switch
    {
        null => b is null,
        bool flag => b is bool other && flag == other,
        long number => b is long other && number == other,
        string text => b is string other && text == other,
        _ => ReferenceEquals(a, b),
    };
}
