using System.Text.Json;
using System.Text.Json.Nodes;

namespace Attune.Runs;

/// <summary>Numbers in JSON files; JSON has no NaN or infinities, so these are the texts "NaN", "Infinity", "-Infinity".</summary>
public static class JsonNumber
{
    /// <summary>A number as JSON.</summary>
    public static JsonNode Of(double value) => double.IsFinite(value) ? JsonValue.Create(value) : JsonValue.Create(
        double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");

    /// <summary>The number that <see cref="Of"/> wrote; null for anything else.</summary>
    public static double? From(JsonNode? node) => node?.GetValueKind() switch
    {
        JsonValueKind.Number => node.AsValue().TryGetValue<double>(out var number) ? number : null,
        JsonValueKind.String => node.GetValue<string>() switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            _ => null,
        },
        _ => null,
    };
}
