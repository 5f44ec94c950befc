using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Attune.Models;

/// <summary>Typed reading of a JSON object; a wrong type is told with file, key, what was found and what was expected. null counts as absent.</summary>
internal sealed class JsonFields(JsonObject json, string path)
{
    private const int LargestFile = 16 << 20; // bytes; real ones have a few kilobytes

    public string Path => path;

    /// <summary>Reads a file that holds one JSON object.</summary>
    public static JsonFields Load(string path)
    {
        if (new FileInfo(path).Length > LargestFile)
            throw new AttuneException(ExitCode.Model, $"{path} is larger than {LargestFile >> 20} MB: that is no configuration.");
        try
        {
            return JsonNode.Parse(File.ReadAllBytes(path), documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) is JsonObject json
                ? new JsonFields(json, path)
                : throw new AttuneException(ExitCode.Model, $"{path} holds no JSON object.");
        }
        catch (JsonException e)
        {
            throw new AttuneException(ExitCode.Model, $"{path} is not valid JSON: {e.Message}", inner: e);
        }
    }

    public IEnumerable<string> Keys => json.Select(pair => pair.Key);

    /// <summary>The value as JSON without white space; absent or null: null.</summary>
    public string? Raw(string key) => json[key]?.ToJsonString();

    public bool Has(string key) => json[key] is not null;

    /// <summary>The fields of an object within; absent: null.</summary>
    public JsonFields? Object(string key) => json[key] switch
    {
        null => null,
        JsonObject inner => new JsonFields(inner, $"{path}: {key}"),
        _ => throw Wrong(key, "an object"),
    };

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

    private double Number(JsonNode? node, string key) => Number(node) ?? throw Wrong(key, "a number");

    private int Integer(JsonNode? node, string key) =>
        Number(node) is { } value && double.IsInteger(value) && Math.Abs(value) <= int.MaxValue ? (int)value : throw Wrong(key, "a whole number");

    private static double? Number(JsonNode? node) => node?.GetValueKind() == JsonValueKind.Number
        && double.TryParse(node.ToJsonString(), CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;

    private AttuneException Wrong(string key, string expected)
    {
        var found = json[key]!.ToJsonString();
        return new AttuneException(ExitCode.Model, $"{path}: {key} is {(found.Length > 80 ? found[..80] + "…" : found)}; expected {expected}.");
    }
}
