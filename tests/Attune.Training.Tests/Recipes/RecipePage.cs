using System.Text;
using Attune.Training.Recipes;

namespace Attune.Training.Tests.Recipes;

/// <summary>The tables of a page of keys, made from the records.</summary>
internal static class RecipePage
{
    public static string Tables(RecipeKind kind)
    {
        var standard = (TrainingRecipe)Activator.CreateInstance(kind.Record)!;
        var page = new StringBuilder();
        foreach (var section in kind.Keys.GroupBy(key => key.Path.Contains('.') ? key.Path[..key.Path.LastIndexOf('.')] : ""))
        {
            page.Append(section.Key.Length == 0 ? "### The recipe itself\n\n" : $"### `{section.Key}`\n\n");
            page.Append("| key | default | value | meaning |\n|---|---|---|---|\n");
            foreach (var key in section)
            {
                var value = RecipeBinding.Expected(key) + (key.IsNullable ? " or null" : "");
                page.Append($"| `{RecipeKey.NameOf(key.Property)}` | `{YamlText.Of(key.ValueIn(standard))}` | {value} | {Meaning(key)} |\n");
            }

            page.Append('\n');
        }

        return page.ToString();
    }

    private static string Meaning(RecipeKey key)
    {
        var meaning = KeyDescriptions.Of(key.Property);
        if (key.Type.IsEnum)
            meaning += " " + string.Join(" ", Enum.GetNames(key.Type).Select(member => $"`{RecipeKey.WordOf(key.Type, member)}`: {KeyDescriptions.Of(key.Type, member)}"));
        return meaning.Replace("|", "\\|", StringComparison.Ordinal);
    }
}
