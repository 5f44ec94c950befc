using System.Collections.Frozen;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Attune.Data;
using Attune.Models.Adapters.Lora;

namespace Attune.Training.Recipes;

/// <summary>A key of the recipe that holds a value: one property of <see cref="Recipe"/> or of a section of it.</summary>
public sealed class RecipeKey
{
    private static readonly Type[] Sections = [typeof(LoraOptions), typeof(DataOptions), typeof(LabelSelection), typeof(SplitOptions)];
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

    /// <summary>Every key, in the order of the records.</summary>
    public static IReadOnlyList<RecipeKey> All { get; } = [.. Walk(typeof(Recipe), [])];

    /// <summary>The keys by path.</summary>
    public static FrozenDictionary<string, RecipeKey> ByPath { get; } = All.ToFrozenDictionary(key => key.Path);

    /// <summary>Paths of the sections: <c>lora</c>, <c>data</c>, <c>data.labels</c>, <c>data.split</c>.</summary>
    public static FrozenSet<string> SectionPaths { get; } = All
        .SelectMany(key => Enumerable.Range(1, key._chain.Length - 1).Select(n => string.Join('.', key._chain.Take(n).Select(NameOf))))
        .ToFrozenSet();

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

    /// <summary>The value in <paramref name="recipe"/>.</summary>
    public object? ValueIn(Recipe recipe)
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
