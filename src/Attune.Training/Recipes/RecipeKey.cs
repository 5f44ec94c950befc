using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Attune.Data;
using Attune.Data.Corpus;
using Attune.Models.Adapters.Lora;
using Attune.Training.Recipes.Pretraining;

namespace Attune.Training.Recipes;

/// <summary>A key of a recipe that holds a value: one property of its record or of a section of it.</summary>
public sealed class RecipeKey
{
    private static readonly Type[] Sections =
    [
        typeof(LoraOptions), typeof(DataOptions), typeof(LabelSelection), typeof(SplitOptions),
        typeof(ArchitectureOptions), typeof(TokenizerOptions), typeof(CorpusOptions),
    ];

    private readonly PropertyInfo[] _chain;

    private RecipeKey(PropertyInfo[] chain)
    {
        _chain = chain;
        Path = string.Join('.', chain.Select(NameOf));
        var type = Property.PropertyType;
        IsNullable = Nullable.GetUnderlyingType(type) is not null
            || (!type.IsValueType && new NullabilityInfoContext().Create(Property).WriteState == NullabilityState.Nullable);
        Type = Nullable.GetUnderlyingType(type) ?? type;
        Range = Property.GetCustomAttribute<RangeAttribute>();
    }

    /// <summary>Names joined by dots, for example <c>lora.rank</c>.</summary>
    public string Path { get; }

    /// <summary>The property that holds the value.</summary>
    public PropertyInfo Property => _chain[^1];

    /// <summary>Type of the value, without its Nullable.</summary>
    public Type Type { get; }

    /// <summary>Whether <c>null</c> is a value.</summary>
    public bool IsNullable { get; }

    /// <summary>Bounds of a number; null without.</summary>
    public RangeAttribute? Range { get; }

    /// <summary>Paths of the sections it lies in, outermost first.</summary>
    public IEnumerable<string> SectionPaths => Enumerable.Range(1, _chain.Length - 1).Select(n => string.Join('.', _chain.Take(n).Select(NameOf)));

    /// <summary>The keys of a record, in its order.</summary>
    public static IReadOnlyList<RecipeKey> Of(Type record) => [.. Walk(record, [])];

    /// <summary>The value in <paramref name="recipe"/>.</summary>
    public object? ValueIn(TrainingRecipe recipe)
    {
        object? value = recipe;
        foreach (var property in _chain) value = property.GetValue(value);
        return value;
    }

    /// <summary>Whether a property is a section, not a value.</summary>
    public static bool IsSection(PropertyInfo property) => Sections.Contains(property.PropertyType);

    /// <summary>A property's key: its name in snake_case.</summary>
    public static string NameOf(PropertyInfo property) => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);

    /// <summary>An enum value's word: its name in snake_case, or the one its attribute gives.</summary>
    public static string WordOf(Type type, string member) =>
        type.GetField(member)!.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name
        ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(member);

    /// <inheritdoc/>
    public override string ToString() => Path;

    private static IEnumerable<RecipeKey> Walk(Type record, PropertyInfo[] chain) =>
        from property in record.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        let path = (PropertyInfo[])[.. chain, property]
        from key in IsSection(property) ? Walk(property.PropertyType, path) : [new RecipeKey(path)]
        select key;
}
