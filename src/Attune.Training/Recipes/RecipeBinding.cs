using System.Collections.Frozen;
using System.Globalization;

namespace Attune.Training.Recipes;

/// <summary>Turns a value of the text into the type its key wants.</summary>
internal static class RecipeBinding
{
    /// <summary>The value as the property takes it.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Recipe"/>: wrong type, or null where a value must be.</exception>
    public static object? Bind(RecipeKey key, RecipeNode node)
    {
        if (node is ScalarNode { IsNull: true })
        {
            if (key.IsNullable) return null;
            throw node.Place.Error($"{key} has no value; expected {Expected(key)}.", "Give a value, or leave the key out to take its default.");
        }

        if (key.Type == typeof(IReadOnlyList<string>)) return BindList(key, node);
        if (key.Type == typeof(IReadOnlyDictionary<string, string>)) return BindMap(key, node);
        if (node is not ScalarNode scalar) throw WrongType(key, node);
        if (key.Type == typeof(string)) return scalar.Text;
        return scalar.IsQuoted ? throw WrongType(key, node) : BindWord(key, scalar);
    }

    /// <summary>What a key takes, in words.</summary>
    public static string Expected(RecipeKey key)
    {
        if (key.Type == typeof(int)) return "a whole number" + Bounds(key);
        if (key.Type == typeof(double)) return "a number" + Bounds(key);
        if (key.Type == typeof(bool)) return "true or false";
        if (key.Type == typeof(string)) return "text";
        if (key.Type == typeof(IReadOnlyList<string>)) return "a list of texts";
        if (key.Type == typeof(IReadOnlyDictionary<string, string>)) return "a map of texts";
        return string.Join(" or ", Enum.GetNames(key.Type).Select(member => RecipeKey.WordOf(key.Type, member)));
    }

    /// <summary>A value as messages show it.</summary>
    public static string Shown(RecipeNode node) => node switch
    {
        ScalarNode { IsQuoted: true } text => $"the text \"{Short(text.Text)}\"",
        ScalarNode word => Short(word.Text),
        ListNode => "a list",
        _ => "a map",
    };

    private static object BindWord(RecipeKey key, ScalarNode scalar)
    {
        var text = scalar.Text;
        if (key.Type == typeof(bool))
        {
            if (text is "true" or "True" or "TRUE") return true;
            if (text is "false" or "False" or "FALSE") return false;
            throw WrongType(key, scalar);
        }

        if (key.Type == typeof(int))
            return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole : throw WrongType(key, scalar);
        if (key.Type == typeof(double))
        {
            const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
            return double.TryParse(text, style, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : throw WrongType(key, scalar);
        }

        var member = Array.Find(Enum.GetNames(key.Type), member => RecipeKey.WordOf(key.Type, member) == text);
        return member is null ? throw WrongType(key, scalar) : Enum.Parse(key.Type, member);
    }

    /// <summary>A single text is a list of one.</summary>
    private static string[] BindList(RecipeKey key, RecipeNode node)
    {
        if (node is MapNode) throw WrongType(key, node);
        var items = node is ListNode list ? list.Items : [node];
        var texts = new HashSet<string>();
        foreach (var item in items)
        {
            if (item is not ScalarNode { IsNull: false } text)
                throw item.Place.Error($"an entry of {key} is {(item is ScalarNode ? "empty" : Shown(item))}; expected a text.");
            if (!texts.Add(text.Text)) throw item.Place.Error($"{key} names '{Short(text.Text)}' twice.");
        }

        return [.. texts];
    }

    private static FrozenDictionary<string, string> BindMap(RecipeKey key, RecipeNode node)
    {
        if (node is not MapNode map) throw WrongType(key, node);
        foreach (var entry in map.Entries)
        {
            if (entry.Value is not ScalarNode { IsNull: false })
                throw entry.Value.Place.Error($"{key}.{Short(entry.Key)} is {(entry.Value is ScalarNode ? "empty" : Shown(entry.Value))}; expected a text.");
        }

        return map.Entries.ToFrozenDictionary(entry => entry.Key, entry => ((ScalarNode)entry.Value).Text);
    }

    private static string Bounds(RecipeKey key) => key.Range switch
    {
        null => "",
        { Maximum: int.MaxValue or double.MaxValue } range => $" {(range.MinimumIsExclusive ? "above" : "from")} {range.Minimum}{(range.MinimumIsExclusive ? "" : " up")}",
        var range => $" from {range.Minimum} to {(range.MaximumIsExclusive ? "below " : "")}{range.Maximum}",
    };

    private static AttuneException WrongType(RecipeKey key, RecipeNode node) =>
        node.Place.Error($"{key} is {Shown(node)}; expected {Expected(key)}.",
            node is ScalarNode { IsQuoted: true } ? "Leave the quotation marks out."
            : node is MapNode && key.Type == typeof(string) ? "Put text with a colon, or text that begins with {, in quotation marks."
            : node is ListNode && key.Type == typeof(string) ? "Put text that begins with [ in quotation marks."
            : null);

    private static string Short(string text) => text.Length <= 60 ? text : text[..57] + "…";
}
