using Attune.Models.Numerics;

namespace Attune.Training.Recipes;

/// <summary>Checks what types cannot say: ranges, and values that only make sense together.</summary>
internal static class RecipeRules
{
    /// <summary>Checks a recipe.</summary>
    /// <param name="recipe">With every value set.</param>
    /// <param name="given">The places of what was given.</param>
    /// <param name="path">The file, for what is missing.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Recipe"/>.</exception>
    public static void Check(Recipe recipe, GivenValues given, string path)
    {
        foreach (var key in RecipeKey.All)
        {
            var value = key.ValueIn(recipe);
            if (given.Find(key.Path) is not { } node || value is null) continue;
            if (key.Range is { } range && !range.IsValid(value))
                throw node.Place.Error($"{key} is {RecipeBinding.Shown(node)}; expected {RecipeBinding.Expected(key)}.");
            if (value is string text && string.IsNullOrWhiteSpace(text))
                throw node.Place.Error($"{key} is an empty text.", "Give a value, or leave the key out.");
        }

        CheckModelAndData(recipe, path);
        CheckParts(recipe, given);
        CheckTogether(recipe, given);
        CheckOptimizer(recipe, given);
        CheckSchedule(recipe, given);
    }

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

    private static void CheckOptimizer(Recipe recipe, GivenValues given)
    {
        if (recipe is { Optimizer: OptimizerKind.Muon, Method: Method.Lora } && given.PlaceOf("optimizer") is { } optimizer)
            throw optimizer.Error("optimizer is muon, but method is lora: Muon moves the matrices of the model itself.", "Write 'method: full', or 'optimizer: adamw'.");
        if (recipe.Optimizer == OptimizerKind.Muon) return;
        if (recipe.MuonLearningRate is not null && given.PlaceOf("muon_learning_rate") is { } rate)
            throw rate.Error("muon_learning_rate has no effect without optimizer: muon.", "Write 'optimizer: muon', or leave the key out.");
        if (recipe.MuonMomentum != new Recipe().MuonMomentum && given.PlaceOf("muon_momentum") is { } momentum)
            throw momentum.Error("muon_momentum has no effect without optimizer: muon.", "Write 'optimizer: muon', or leave the key out.");
    }

    private static void CheckSchedule(Recipe recipe, GivenValues given)
    {
        var standard = new Recipe();
        var decays = recipe.LrScheduler == LearningRateSchedule.WarmupStableDecay;
        const string Add = "Write 'lr_scheduler: warmup_stable_decay', or leave the key out.";
        if (!decays && recipe.DecayRatio != standard.DecayRatio && given.PlaceOf("decay_ratio") is { } ratio)
            throw ratio.Error("decay_ratio has no effect without lr_scheduler: warmup_stable_decay.", Add);
        if (!decays && recipe.DecayType != standard.DecayType && given.PlaceOf("decay_type") is { } type)
            throw type.Error("decay_type has no effect without lr_scheduler: warmup_stable_decay.", Add);
        if (recipe is { LrScheduler: LearningRateSchedule.Constant, MinLrRatio: > 0 } && given.PlaceOf("min_lr_ratio") is { } minimum)
            throw minimum.Error("min_lr_ratio has no effect with lr_scheduler: constant.", "Leave it out, or choose a schedule that comes down.");
        if (decays && recipe.WarmupSteps is null && recipe.WarmupRatio + recipe.DecayRatio > 1 && (given.PlaceOf("decay_ratio") ?? given.PlaceOf("warmup_ratio")) is { } over)
            throw over.Error($"warmup_ratio {YamlText.Of(recipe.WarmupRatio)} and decay_ratio {YamlText.Of(recipe.DecayRatio)} are more than all steps.", "Together they are at most 1.");
    }
}
