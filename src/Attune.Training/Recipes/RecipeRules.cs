namespace Attune.Training.Recipes;

/// <summary>Checks what types cannot say of any recipe: ranges, and the keys of optimizer and schedule together.</summary>
internal static class RecipeRules
{
    /// <summary>Checks a recipe.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="recipe">With every value set.</param>
    /// <param name="given">The places of what was given.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Recipe"/>.</exception>
    public static void Check(RecipeKind kind, TrainingRecipe recipe, GivenValues given)
    {
        foreach (var key in kind.Keys)
        {
            var value = key.ValueIn(recipe);
            if (given.Find(key.Path) is not { } node || value is null) continue;
            if (key.Range is { } range && !range.IsValid(value))
                throw node.Place.Error($"{key} is {RecipeBinding.Shown(node)}; expected {RecipeBinding.Expected(key)}.");
            if (value is string text && string.IsNullOrWhiteSpace(text))
                throw node.Place.Error($"{key} is an empty text.", "Give a value, or leave the key out.");
        }

        var standard = (TrainingRecipe)Activator.CreateInstance(kind.Record)!;
        CheckOptimizer(recipe, standard, given);
        CheckSchedule(recipe, standard, given);
    }

    private static void CheckOptimizer(TrainingRecipe recipe, TrainingRecipe standard, GivenValues given)
    {
        if (recipe.Optimizer == OptimizerKind.Muon) return;
        if (recipe.MuonLearningRate is not null && given.PlaceOf("muon_learning_rate") is { } rate)
            throw rate.Error("muon_learning_rate has no effect without optimizer: muon.", "Write 'optimizer: muon', or leave the key out.");
        if (recipe.MuonMomentum != standard.MuonMomentum && given.PlaceOf("muon_momentum") is { } momentum)
            throw momentum.Error("muon_momentum has no effect without optimizer: muon.", "Write 'optimizer: muon', or leave the key out.");
    }

    private static void CheckSchedule(TrainingRecipe recipe, TrainingRecipe standard, GivenValues given)
    {
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
