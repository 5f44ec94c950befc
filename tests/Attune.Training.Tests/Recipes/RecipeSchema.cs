using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Attune.Data;
using Attune.Training.Recipes;

namespace Attune.Training.Tests.Recipes;

/// <summary>The JSON schema that editors complete and check recipes by, made from the records.</summary>
internal static class RecipeSchema
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    /// <summary>Words that YAML may read as a number or truth value are texts to Attune.</summary>
    private static JsonObject Text => new() { ["type"] = new JsonArray("string", "number", "boolean") };

    public static string Generate(RecipeKind kind)
    {
        var exporter = new JsonSchemaExporterOptions
        {
            TreatNullObliviousAsNonNullable = true, TransformSchemaNode = (context, node) => Transform(kind, context, node),
        };
        var schema = (JsonObject)Options.GetJsonSchemaAsNode(kind.Record, exporter);
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", kind.Record == typeof(Recipe) ? "Attune recipe" : "Attune pretraining recipe");
        return schema.ToJsonString(Options) + "\n";
    }

    private static JsonNode Transform(RecipeKind kind, JsonSchemaExporterContext context, JsonNode node)
    {
        if (context.PropertyInfo?.AttributeProvider is not PropertyInfo property) return node;
        var schema = WithShortForms(property, (JsonObject)node);
        if (property.GetCustomAttribute<RangeAttribute>() is { } range) AddBounds(schema, range);
        if (!RecipeKey.IsSection(property))
        {
            var value = property.GetValue(Activator.CreateInstance(property.DeclaringType!.IsAssignableFrom(kind.Record) ? kind.Record : property.DeclaringType));
            schema["default"] = JsonSerializer.SerializeToNode(value, property.PropertyType, Options);
        }

        schema.Insert(0, "description", KeyDescriptions.Of(property).Replace("`", "", StringComparison.Ordinal));
        return schema;
    }

    /// <summary>The short forms of <see cref="ShortForms"/> and <see cref="RecipeBinding"/>.</summary>
    private static JsonObject WithShortForms(PropertyInfo property, JsonObject schema)
    {
        if (property.PropertyType == typeof(LabelSelection))
            return new JsonObject { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "array", ["items"] = Text }) };
        if (property.PropertyType == typeof(IReadOnlyList<string>))
            return new JsonObject { ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "string" }, new JsonObject { ["type"] = "array", ["items"] = Text }) };
        if (property.PropertyType == typeof(IReadOnlyDictionary<string, string>))
            return new JsonObject { ["type"] = "object", ["additionalProperties"] = Text };
        if (property == typeof(DataOptions).GetProperty(nameof(DataOptions.Train)))
        {
            return new JsonObject
            {
                ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" } },
                    new JsonObject { ["type"] = "object", ["additionalProperties"] = new JsonObject { ["type"] = "string" } }),
            };
        }

        return schema;
    }

    private static void AddBounds(JsonObject schema, RangeAttribute range)
    {
        schema[range.MinimumIsExclusive ? "exclusiveMinimum" : "minimum"] = Number(range.Minimum);
        if (range.Maximum is not (int.MaxValue or double.MaxValue))
            schema[range.MaximumIsExclusive ? "exclusiveMaximum" : "maximum"] = Number(range.Maximum);

        static JsonNode Number(object bound) => JsonValue.Create(Convert.ToDouble(bound, CultureInfo.InvariantCulture));
    }
}
