using System.Numerics;

namespace Attune.Text.Templates.Jinja.Values;

/// <summary>Hashes that agree with <see cref="Comparison.AreEqual"/>.</summary>
internal static class Hashing
{
    /// <summary>Equal values have equal hashes.</summary>
    /// <exception cref="JinjaException">TypeError: the value can change or holds one that can.</exception>
    public static int Hash(object? value)
    {
        switch (value)
        {
            case null: return 1;
            case string text: return Text(text);
            case Markup markup: return Text(markup.Text);
            case bool or long or BigInteger or double: return Integers.ToDouble(value).GetHashCode();
            case JinjaList or JinjaDictionary or DictionaryView { Name: not "values" }:
                throw JinjaException.Type($"unhashable type: '{TypeNames.Of(value)}'");
            case Undefined: return 2;
            case Bytes: return 3;
            case JinjaTuple tuple:
                Budget.Descend();
                Budget.Charge(tuple.Count);
                var hash = new HashCode();
                foreach (var item in tuple.Items) hash.Add(Hash(item));
                return hash.ToHashCode();
            case JinjaRange range: return range.Count;
            default: return System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(value);
        }
    }

    private static int Text(string text)
    {
        Budget.ChargeText(text.Length);
        return text.GetHashCode(StringComparison.Ordinal);
    }
}
