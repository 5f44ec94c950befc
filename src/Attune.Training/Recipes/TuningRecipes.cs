using Attune.Models.Numerics;
using Attune.Runs;

namespace Attune.Training.Recipes;

/// <summary>Recipes of <c>attune train</c>.</summary>
internal sealed class TuningRecipes() : RecipeKind<Recipe>(RunKind.Tuning, "docs/recipe.md", "model and data.train")
{
    private static readonly Contradictions.Pair[] Pairs =
    [
        Contradictions.Warmup,
        new("data.label_files", "data.train", "Rows come from data.train or from data.label_files; keep one of them."),
        new("data.labels.names", "data.labels.most_frequent", "Labels are named or the most frequent ones; keep one of them."),
        new("data.validation", "data.split.validation", "Validation rows come from a file or are cut from the training rows; keep one of them."),
        new("data.test", "data.split.test", "Test rows come from a file or are cut from the training rows; keep one of them."),
    ];

    internal override IEnumerable<(string Key, RecipeNode Value)> WriteOut(string path, RecipeNode value) => ShortForms.WriteOut(path, value);

    internal override string? ListOf(string section) => section == ShortForms.Labels ? ShortForms.LabelNames : null;

    internal override void CheckContradictions(GivenValues given)
    {
        Contradictions.Check(given, Pairs);
        if (given.Find("method") is not ScalarNode { Text: "full" } method || given.PlaceOf("lora") is not { } lora) return;
        if (lora.IsOption || !method.Place.IsOption)
            throw lora.Error("a lora section is given, but method is full: every weight is trained, there is no adapter.", "Leave the section out, or write 'method: lora'.");
        given.Remove("lora");
    }

    internal override void Check(Recipe recipe, GivenValues given, string path)
    {
        CheckModelAndData(recipe, path);
        CheckParts(recipe, given);
        CheckTogether(recipe, given);
        if (recipe is { Optimizer: OptimizerKind.Muon, Method: Method.Lora } && given.PlaceOf("optimizer") is { } optimizer)
            throw optimizer.Error("optimizer is muon, but method is lora: Muon moves the matrices of the model itself.", "Write 'method: full', or 'optimizer: adamw'.");
    }

    internal override bool HasMeaning(string key, Recipe recipe) => key switch
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

    private static void CheckModelAndData(Recipe recipe, string path)
    {
        if (recipe.Model is null)
            throw new AttuneException(ExitCode.Recipe, $"{path}: the key model is missing: what is to be tuned?", "Write 'model: folder or GGUF file', or pass --model.");
        if (recipe.Data is { Train: null, LabelFiles.Count: 0 })
            throw new AttuneException(ExitCode.Recipe, $"{path}: the key data.train is missing: where do the rows come from?", "Write 'data:' with 'train: file' below it, or pass --data.");
    }

    private static void CheckParts(Recipe recipe, GivenValues given)
    {
        var split = recipe.Data.Split;
        foreach (var (name, part) in new[] { ("validation", split.Validation), ("test", split.Test) })
        {
            if (part > 1 && part != Math.Floor(part) && given.PlaceOf($"data.split.{name}") is { } place)
                throw place.Error($"data.split.{name} is {YamlText.Of(part)}; expected a share below 1 or a whole number of rows.");
        }

        if (split is { Validation: < 1, Test: < 1 } && split.Validation + split.Test >= 1 && given.PlaceOf("data.split") is { } at)
            throw at.Error($"data.split cuts off {YamlText.Of(split.Validation)} and {YamlText.Of(split.Test)} of the rows, which leaves none to train on.");
    }

    private static void CheckTogether(Recipe recipe, GivenValues given)
    {
        if (recipe.Data.Prompt is { } prompt && !prompt.Contains("{text}", StringComparison.Ordinal) && given.PlaceOf("data.prompt") is { } at)
            throw at.Error("data.prompt has no {text}: the row's text would not be in it.", "For example: prompt: \"Spam or ham?\\n\\n{text}\"");
        if (recipe is { EarlyStoppingThreshold: > 0, EarlyStoppingPatience: null } && given.PlaceOf("early_stopping_threshold") is { } threshold)
            throw threshold.Error("early_stopping_threshold has no effect without early_stopping_patience.", "Add 'early_stopping_patience: 3', or leave the threshold out.");
        if (recipe.Method == Method.Lora && recipe.Lora.TargetModules.Count == 0 && given.PlaceOf("lora.target_modules") is { } targets)
            throw targets.Error("lora.target_modules is empty: no adapter would be trained.", "Write 'target_modules: all-linear' or a list of module names.");
        if (recipe is { Method: Method.Full, Quantization: not Quantization.None } && given.PlaceOf("quantization") is { } quantization)
            throw quantization.Error("quantization is given, but method is full: quantized weights cannot be trained.", "Write 'method: lora' for QLoRA, or leave quantization out.");
        if (recipe.Lora.TargetModules.Count > 1 && recipe.Lora.TargetModules.Contains("all-linear") && given.PlaceOf("lora.target_modules") is { } mixed)
            throw mixed.Error("lora.target_modules names all-linear beside others.", "all-linear stands alone; other modules that are to be trained go to modules_to_save.");
    }
}
