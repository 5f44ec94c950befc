using System.Text.Json;
using System.Text.Json.Nodes;

namespace Attune.Models.Adapters.Lora;

/// <summary>Typed reading of a JSON object; a wrong type is told with file, key, what was found and what was expected. null counts as absent.</summary>
internal sealed class JsonFields(JsonObject json, string path)
{
    public bool IsText(string key) => json[key]?.GetValueKind() == JsonValueKind.String;

    public string? Text(string key) => json[key] is { } node
        ? node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : throw Wrong(key, "text")
        : null;

    public bool? Boolean(string key) => json[key] is { } node
        ? node.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? node.GetValue<bool>() : throw Wrong(key, "true or false")
        : null;

    public double? Number(string key) => json[key] is { } node ? Number(node, key) : null;

    public int? Integer(string key) => json[key] is { } node ? Integer(node, key) : null;

    /// <summary>A list of whole numbers, or a single one.</summary>
    public IReadOnlyList<int>? Integers(string key) => json[key] switch
    {
        null => null,
        JsonArray array => [.. array.Select(item => Integer(item, key))],
        var node => [Integer(node, key)],
    };

    /// <summary>A list of texts, or a single one.</summary>
    public IReadOnlyList<string>? Texts(string key) => json[key] switch
    {
        null => null,
        JsonArray array => [.. array.Select(item => item?.GetValueKind() == JsonValueKind.String ? item.GetValue<string>() : throw Wrong(key, "a list of texts"))],
        _ => [Text(key)!],
    };

    /// <summary>A map from text to number, in file order; absent: empty.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> Numbers(string key) => json[key] switch
    {
        null => [],
        JsonObject map => [.. map.Select(pair => KeyValuePair.Create(pair.Key, Number(pair.Value, key)))],
        _ => throw Wrong(key, "a map from module names to numbers"),
    };

    private double Number(JsonNode? node, string key) =>
        node?.GetValueKind() == JsonValueKind.Number && node.AsValue().TryGetValue(out double value) && double.IsFinite(value) ? value : throw Wrong(key, "a number");

    private int Integer(JsonNode? node, string key) =>
        Number(node, key) is var value && double.IsInteger(value) && Math.Abs(value) <= int.MaxValue ? (int)value : throw Wrong(key, "a whole number");

    private AttuneException Wrong(string key, string expected)
    {
        var found = json[key]!.ToJsonString();
        return new AttuneException(ExitCode.Model, $"{path}: {key} is {(found.Length > 80 ? found[..80] + "…" : found)}; expected {expected}.");
    }
}
