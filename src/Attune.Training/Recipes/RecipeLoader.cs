using System.Text;

namespace Attune.Training.Recipes;

/// <summary>Reads a recipe strictly: whatever is unknown, of the wrong type, out of range or contradictory is an error.</summary>
public static class RecipeLoader
{
    /// <summary>Reads a recipe of <c>attune train</c>.</summary>
    /// <inheritdoc cref="Load{TRecipe}"/>
    public static ResolvedRecipe<Recipe> Load(string path, IReadOnlyList<RecipeOverride>? overrides = null) => Load(RecipeKind.Tuning, path, overrides);

    /// <summary>Reads a recipe of <c>attune train</c> from text.</summary>
    /// <inheritdoc cref="Parse{TRecipe}"/>
    public static ResolvedRecipe<Recipe> Parse(string yaml, string path, IReadOnlyList<RecipeOverride>? overrides = null) =>
        Parse(RecipeKind.Tuning, yaml, path, overrides);

    /// <summary>Reads a recipe file; later overrides win over earlier ones, all of them over the file.</summary>
    /// <param name="kind">What kind of recipe it is.</param>
    /// <param name="path">A YAML file in UTF-8.</param>
    /// <param name="overrides">What the command line says.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Recipe"/>: file, line, column, key, what was found and expected.</exception>
    public static ResolvedRecipe<TRecipe> Load<TRecipe>(RecipeKind<TRecipe> kind, string path, IReadOnlyList<RecipeOverride>? overrides = null)
        where TRecipe : TrainingRecipe
    {
        try
        {
            return Parse(kind, File.ReadAllText(path, new UTF8Encoding(false, throwOnInvalidBytes: true)), path, overrides);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new AttuneException(ExitCode.Recipe, $"There is no recipe {path}{(Directory.Exists(path) ? " (it is a folder)" : "")}.",
                "Relative paths count from the current directory. recipes/ holds recipes to start from.", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new AttuneException(ExitCode.Recipe, Directory.Exists(path) ? $"{path} is a folder, not a recipe." : $"{path} may not be read by this user.",
                "Name a YAML file, for example recipes/tiny/lora.yaml.", exception);
        }
        catch (DecoderFallbackException exception)
        {
            throw new AttuneException(ExitCode.Recipe, $"{path} is not text in UTF-8.", "Save it as UTF-8; is this the right file?", exception);
        }
    }

    /// <summary>Reads a recipe from text; <paramref name="path"/> is what errors and origins call it.</summary>
    /// <param name="kind">What kind of recipe it is.</param>
    /// <param name="yaml">The text.</param>
    /// <param name="path">Its name.</param>
    /// <param name="overrides">What the command line says.</param>
    /// <exception cref="AttuneException">As <see cref="Load{TRecipe}"/>.</exception>
    public static ResolvedRecipe<TRecipe> Parse<TRecipe>(RecipeKind<TRecipe> kind, string yaml, string path, IReadOnlyList<RecipeOverride>? overrides = null)
        where TRecipe : TrainingRecipe
    {
        var given = new GivenValues(kind);
        var document = RecipeYaml.Parse(yaml, (line, column) => new Place(path, line, column));
        if (document is ScalarNode { IsNull: true })
            throw new AttuneException(ExitCode.Recipe, $"{path} is empty: a recipe names at least {kind.Needed}.", "recipes/ holds recipes to start from.");
        if (document is not MapNode map)
            throw document.Place.Error("a recipe is a map of keys and values, for example 'learning_rate: 2e-4'.");
        given.AddMap(map, section: "");
        foreach (var one in overrides ?? []) given.AddOverride(one);
        kind.CheckContradictions(given);
        var recipe = (TRecipe)Build(kind, kind.Record, "", given);
        RecipeRules.Check(kind, recipe, given);
        kind.Check(recipe, given, path);
        return ResolvedRecipe<TRecipe>.Of(kind, recipe, given);
    }

    private static object Build(RecipeKind kind, Type record, string prefix, GivenValues given)
    {
        var instance = Activator.CreateInstance(record)!;
        foreach (var property in record.GetProperties())
        {
            var path = prefix + RecipeKey.NameOf(property);
            if (RecipeKey.IsSection(property))
                property.SetValue(instance, Build(kind, property.PropertyType, path + ".", given));
            else if (given.Find(path) is { } node)
                property.SetValue(instance, RecipeBinding.Bind(kind.ByPath[path], node));
        }

        return instance;
    }
}
