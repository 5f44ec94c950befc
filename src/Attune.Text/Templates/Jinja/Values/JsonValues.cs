using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Attune.Text.Templates.Jinja.Values;

/// <summary>JSON as a template sees it.</summary>
internal static class JsonValues
{
    /// <summary>Objects become dictionaries, in their order.</summary>
    /// <exception cref="JinjaException">ValueError: text that is no Unicode, or a key given twice.</exception>
    public static object? FromJson(JsonNode? node)
    {
        try
        {
            return Convert(node);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or JsonException)
        {
            throw JinjaException.Value("the JSON has an object with a key twice, or text that is no valid Unicode");
        }
    }

    private static object? Convert(JsonNode? node)
    {
        Budget.Descend();
        switch (node)
        {
            case null:
                return null;
            case JsonArray array:
                return new JinjaList(array.Select(Convert).ToList());
            case JsonObject entries:
                var dictionary = new JinjaDictionary();
                foreach (var (key, value) in entries) dictionary.Set(key, Convert(value));
                return dictionary;
            default:
                return Scalar(node.AsValue());
        }
    }

    private static object Scalar(JsonValue value) => value.GetValueKind() switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String => value.GetValue<string>(),
        _ => Number(value),
    };

    // 1 is an integer, 1.0 and 1e3 are floats: the text of the number decides, or the type it was made from.
    private static object Number(JsonValue value)
    {
        if (!value.TryGetValue<JsonElement>(out _))
        {
            if (value.TryGetValue<double>(out var made)) return made;
            if (value.TryGetValue<float>(out var single)) return (double)single;
        }

        var text = value.ToJsonString();
        return text.AsSpan().IndexOfAny('.', 'e', 'E') < 0
            ? NumberText.ParseInteger(text, 10)!
            : double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
    }
}
