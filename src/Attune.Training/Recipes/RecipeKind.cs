using System.Collections.Frozen;
using Attune.Runs;
using Attune.Training.Recipes.Pretraining;

namespace Attune.Training.Recipes;

/// <summary>A kind of recipe: its record, the keys that the record makes, and what is checked of them beyond their types.</summary>
public abstract class RecipeKind
{
    private protected RecipeKind(Type record, RunKind run, string page, string needed)
    {
        (Record, Run, Page, Needed) = (record, run, page, needed);
        Keys = RecipeKey.Of(record);
        ByPath = Keys.ToFrozenDictionary(key => key.Path);
        SectionPaths = Keys.SelectMany(key => key.SectionPaths).ToFrozenSet();
    }

    /// <summary>For <c>attune train</c>.</summary>
    public static RecipeKind<Recipe> Tuning { get; } = new TuningRecipes();

    /// <summary>For <c>attune pretrain</c>.</summary>
    public static RecipeKind<PretrainRecipe> Pretraining { get; } = new PretrainRecipes();

    /// <summary>The record that holds the values.</summary>
    public Type Record { get; }

    /// <summary>The runs that such recipes make.</summary>
    public RunKind Run { get; }

    /// <summary>The page that lists every key.</summary>
    public string Page { get; }

    /// <summary>The keys without a default, for messages.</summary>
    public string Needed { get; }

    /// <summary>Every key, in the order of the records.</summary>
    public IReadOnlyList<RecipeKey> Keys { get; }

    /// <summary>The keys by path.</summary>
    public FrozenDictionary<string, RecipeKey> ByPath { get; }

    /// <summary>Paths of the sections, for example <c>lora</c> and <c>data.split</c>.</summary>
    public FrozenSet<string> SectionPaths { get; }

    /// <summary>The full keys and values of what was written for a key or section in a short form.</summary>
    internal virtual IEnumerable<(string Key, RecipeNode Value)> WriteOut(string path, RecipeNode value) => [(path, value)];

    /// <summary>The key that a list given for a section means; null: a section takes none.</summary>
    internal virtual string? ListOf(string section) => null;

    /// <summary>Drops what the command line overrules, and refuses keys that make no sense beside each other.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Recipe"/> with the place of the second key.</exception>
    internal abstract void CheckContradictions(GivenValues given);
}

/// <summary>A kind of recipe with its record.</summary>
/// <typeparam name="TRecipe">The record.</typeparam>
public abstract class RecipeKind<TRecipe> : RecipeKind
    where TRecipe : TrainingRecipe
{
    private protected RecipeKind(RunKind run, string page, string needed)
        : base(typeof(TRecipe), run, page, needed)
    {
    }

    /// <summary>Checks what types cannot say: values that are missing, and values that only make sense together.</summary>
    /// <param name="recipe">With every value set.</param>
    /// <param name="given">The places of what was given.</param>
    /// <param name="path">The file, for what is missing.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Recipe"/>.</exception>
    internal abstract void Check(TRecipe recipe, GivenValues given, string path);

    /// <summary>Whether a key counts beside the others: <see cref="RecipeKind.CheckContradictions"/> would refuse the rest.</summary>
    internal abstract bool HasMeaning(string key, TRecipe recipe);
}
