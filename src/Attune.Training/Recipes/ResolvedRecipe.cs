namespace Attune.Training.Recipes;

/// <summary>A value of a recipe and where it came from.</summary>
/// <param name="Key">For example <c>lora.rank</c>.</param>
/// <param name="Value">On one line, as YAML.</param>
/// <param name="Origin"><c>file:line</c>, <c>--set</c> or another option, <c>default</c>, or <c>auto</c> for what was chosen for machine and rows.</param>
public sealed record ResolvedValue(string Key, string Value, string Origin)
{
    /// <summary>Origin of a value that nothing set.</summary>
    public const string Default = "default";
}

/// <summary>A recipe with the origin of each of its values.</summary>
/// <typeparam name="TRecipe">The record of its kind.</typeparam>
public sealed record ResolvedRecipe<TRecipe>
    where TRecipe : TrainingRecipe
{
    private const string Auto = "auto";

    /// <summary>The values as the code reads them.</summary>
    public required TRecipe Value { get; init; }

    /// <summary>Every value that has a meaning in this run, in the order of the records.</summary>
    public required IReadOnlyList<ResolvedValue> Values { get; init; }

    /// <summary>Writes down what <c>auto</c> chose; a value that the recipe sets itself stays.</summary>
    /// <param name="computeType">Not <see cref="ComputeType.Auto"/>.</param>
    /// <param name="threads">At least 1.</param>
    public ResolvedRecipe<TRecipe> Decided(ComputeType computeType, int threads)
    {
        var open = new List<string>();
        if (Value.ComputeType == ComputeType.Auto) open.Add("compute_type");
        if (Value.Threads is null) open.Add("threads");
        return With(open, (TRecipe)((TrainingRecipe)Value with
        {
            ComputeType = Value.ComputeType == ComputeType.Auto ? computeType : Value.ComputeType,
            Threads = Value.Threads ?? threads,
        }));
    }

    /// <summary>Writes down what a step takes at once and keeps; what the recipe sets itself stays.</summary>
    /// <param name="microBatchTokens">At least 1.</param>
    /// <param name="checkpointing">Not <see cref="ActivationCheckpointing.Auto"/>.</param>
    public ResolvedRecipe<TRecipe> Decided(int microBatchTokens, ActivationCheckpointing checkpointing)
    {
        var open = new List<string>();
        if (Value.MicroBatchTokens is null) open.Add("micro_batch_tokens");
        if (Value.ActivationCheckpointing == ActivationCheckpointing.Auto) open.Add("activation_checkpointing");
        return With(open, (TRecipe)((TrainingRecipe)Value with { MicroBatchTokens = microBatchTokens, ActivationCheckpointing = checkpointing }));
    }

    private ResolvedRecipe<TRecipe> With(IReadOnlyList<string> decided, TRecipe value)
    {
        var keys = RecipeKey.Of(typeof(TRecipe)).ToDictionary(key => key.Path);
        return new ResolvedRecipe<TRecipe>
        {
            Value = value,
            Values = [.. Values.Select(one => decided.Contains(one.Key) ? new(one.Key, YamlText.Of(keys[one.Key].ValueIn(value)), Auto) : one)],
        };
    }

    internal static ResolvedRecipe<TRecipe> Of(RecipeKind<TRecipe> kind, TRecipe recipe, GivenValues given) => new()
    {
        Value = recipe,
        Values =
        [
            .. from key in kind.Keys
               where kind.HasMeaning(key.Path, recipe)
               let node = given.Find(key.Path)
               select new ResolvedValue(key.Path, YamlText.Of(key.ValueIn(recipe)), node is null ? ResolvedValue.Default : node.Place.Origin),
        ],
    };
}
