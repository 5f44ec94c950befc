namespace Attune.Training.Recipes;

/// <summary>A value of a recipe and where it came from.</summary>
/// <param name="Key">For example <c>lora.rank</c>.</param>
/// <param name="Value">On one line, as YAML.</param>
/// <param name="Origin"><c>file:line</c>, <c>--set</c> or another option, <c>default</c>, or <c>auto</c> for what was chosen for machine and rows.</param>
public sealed record ResolvedValue(string Key, string Value, string Origin);

/// <summary>A recipe with the origin of each of its values.</summary>
public sealed record ResolvedRecipe
{
    /// <summary>Origin of a value that nothing set.</summary>
    public const string Default = "default";

    private const string Auto = "auto";

    /// <summary>The values as the code reads them.</summary>
    public required Recipe Value { get; init; }

    /// <summary>Every value that has a meaning in this run, in the order of the records.</summary>
    public required IReadOnlyList<ResolvedValue> Values { get; init; }

    /// <summary>Writes down what <c>auto</c> chose; a value that the recipe sets itself stays.</summary>
    /// <param name="computeType">Not <see cref="ComputeType.Auto"/>.</param>
    /// <param name="threads">At least 1.</param>
    public ResolvedRecipe Decided(ComputeType computeType, int threads)
    {
        var open = new List<string>();
        if (Value.ComputeType == ComputeType.Auto) open.Add("compute_type");
        if (Value.Threads is null) open.Add("threads");
        return With(open, Value with
        {
            ComputeType = Value.ComputeType == ComputeType.Auto ? computeType : Value.ComputeType,
            Threads = Value.Threads ?? threads,
        });
    }

    /// <summary>Writes down what a step takes at once and keeps; what the recipe sets itself stays.</summary>
    /// <param name="microBatchTokens">At least 1.</param>
    /// <param name="checkpointing">Not <see cref="ActivationCheckpointing.Auto"/>.</param>
    public ResolvedRecipe Decided(int microBatchTokens, ActivationCheckpointing checkpointing)
    {
        var open = new List<string>();
        if (Value.MicroBatchTokens is null) open.Add("micro_batch_tokens");
        if (Value.ActivationCheckpointing == ActivationCheckpointing.Auto) open.Add("activation_checkpointing");
        return With(open, Value with { MicroBatchTokens = microBatchTokens, ActivationCheckpointing = checkpointing });
    }

    private ResolvedRecipe With(IReadOnlyList<string> decided, Recipe value)
    {
        return new ResolvedRecipe
        {
            Value = value,
            Values = [.. Values.Select(one => decided.Contains(one.Key) ? Of(one.Key, Auto) : one)],
        };

        ResolvedValue Of(string key, string origin) => new(key, YamlText.Of(RecipeKey.ByPath[key].ValueIn(value)), origin);
    }

    internal static ResolvedRecipe Of(Recipe recipe, GivenValues given) => new()
    {
        Value = recipe,
        Values =
        [
            .. from key in RecipeKey.All
               where HasMeaning(key.Path, recipe)
               let node = given.Find(key.Path)
               select new ResolvedValue(key.Path, YamlText.Of(key.ValueIn(recipe)), node is null ? Default : node.Place.Origin),
        ],
    };

    /// <summary>Whether a key counts beside the others: <see cref="Contradictions"/> would refuse the rest.</summary>
    private static bool HasMeaning(string key, Recipe recipe) => key switch
    {
        "warmup_ratio" => recipe.WarmupSteps is null,
        "early_stopping_threshold" => recipe.EarlyStoppingPatience is not null,
        "data.train" => recipe.Data.LabelFiles.Count == 0,
        "data.label_files" => recipe.Data.LabelFiles.Count > 0,
        "data.labels.names" => recipe.Data.Labels.MostFrequent is null,
        "data.split.validation" => recipe.Data.Validation is null,
        "data.split.test" => recipe.Data.Test is null,
        _ => recipe.Method == Method.Lora || !key.StartsWith("lora.", StringComparison.Ordinal),
    };
}
