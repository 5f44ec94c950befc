using System.Text;

namespace Attune.Training.Recipes;

/// <summary>Writes a resolved recipe as YAML: every value, with its origin as a comment. It loads again to equal values.</summary>
public static class RecipeWriter
{
    /// <summary>The text of <c>recipe.yaml</c> in a run directory.</summary>
    public static string Write<TRecipe>(ResolvedRecipe<TRecipe> recipe)
        where TRecipe : TrainingRecipe
    {
        var text = new StringBuilder("# The recipe of this run: every value, and where it came from.\n");
        string[] open = [];
        foreach (var (key, value, origin) in recipe.Values)
        {
            var names = key.Split('.');
            var shared = 0;
            while (shared < open.Length && shared < names.Length - 1 && open[shared] == names[shared]) shared++;
            for (var depth = shared; depth < names.Length - 1; depth++)
                text.Append(' ', 2 * depth).Append(names[depth]).Append(":\n");
            open = names[..^1];
            text.Append(' ', 2 * open.Length).Append(names[^1]).Append(": ").Append(value)
                .Append("  # ").Append(OneLine(origin)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>A comment ends with its line; a path may hold a line break.</summary>
    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? '?' : c));
}
