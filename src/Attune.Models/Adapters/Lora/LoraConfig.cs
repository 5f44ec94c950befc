using System.Globalization;

namespace Attune.Models.Adapters.Lora;

/// <summary>
/// A LoRA adapter's settings as PEFT writes them to <c>adapter_config.json</c>. The defaults are PEFT's own, so that
/// a file with few keys means what it means there.
/// </summary>
public sealed record LoraConfig
{
    /// <summary><c>r</c>.</summary>
    public int Rank { get; init; } = 8;

    /// <summary><c>lora_alpha</c>.</summary>
    public double Alpha { get; init; } = 8;

    /// <summary><c>lora_dropout</c>.</summary>
    public double Dropout { get; init; }

    /// <summary><c>use_rslora</c>: scaling = alpha / sqrt(rank).</summary>
    public bool UseRslora { get; init; }

    /// <summary><c>target_modules</c>.</summary>
    public ModuleSelection TargetModules { get; init; } = ModuleSelection.Of("q_proj", "v_proj");

    /// <summary><c>exclude_modules</c>.</summary>
    public ModuleSelection? ExcludeModules { get; init; }

    /// <summary><c>layers_to_transform</c>: only these layers; null: all.</summary>
    public IReadOnlyList<int>? LayersToTransform { get; init; }

    /// <summary><c>layers_pattern</c>: the name parts before a layer's number; empty: any.</summary>
    public IReadOnlyList<string> LayersPattern { get; init; } = [];

    /// <summary><c>rank_pattern</c>, in file order: the first pattern that matches a module gives its rank.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> RankPattern { get; init; } = [];

    /// <summary><c>alpha_pattern</c>, in file order: the first pattern that matches a module gives its alpha.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> AlphaPattern { get; init; } = [];

    /// <summary><c>modules_to_save</c>: copied, trained and saved in full.</summary>
    public IReadOnlyList<string> ModulesToSave { get; init; } = [];

    /// <summary><c>base_model_name_or_path</c>.</summary>
    public string? BaseModel { get; init; }

    /// <summary>Keys of the file that this version does not know; they have no effect.</summary>
    public IReadOnlyList<string> UnknownKeys { get; init; } = [];

    /// <summary>The settings of a recipe.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Recipe"/>: a value out of range.</exception>
    public static LoraConfig From(LoraOptions options)
    {
        Require(options.Rank >= 1, "rank", options.Rank, "at least 1");
        Require(options.Alpha > 0 && double.IsFinite(options.Alpha), "alpha", options.Alpha, "a positive number");
        Require(options.Dropout is >= 0 and < 1, "dropout", options.Dropout, "in [0, 1)");
        if (options.TargetModules.Count == 0)
            throw new AttuneException(ExitCode.Recipe, "lora.target_modules is empty.", "Write all-linear, or names such as [q_proj, v_proj].");
        return new()
        {
            Rank = options.Rank,
            Alpha = options.Alpha,
            Dropout = options.Dropout,
            UseRslora = options.UseRslora,
            TargetModules = ModuleSelection.FromRecipe(options.TargetModules),
            ModulesToSave = options.ModulesToSave,
        };
    }

    /// <summary>Whether a linear layer gets an adapter.</summary>
    public bool Targets(string module)
    {
        if (ExcludeModules?.Matches(module) == true || IsInSavedModule(module) || !TargetModules.Matches(module)) return false;
        return LayersToTransform is null || TargetModules.NamesExactly(module)
            || (LayerNumber(module) is { } layer && LayersToTransform.Contains(layer));
    }

    /// <summary>
    /// Whether a module, or one that holds it, is copied in full: PEFT takes any whose name ends with an entry, also
    /// in the middle of a word (<c>norm</c> takes <c>input_layernorm</c>).
    /// </summary>
    public bool Saves(string module)
    {
        for (var end = module.Length; end > 0; end = module.LastIndexOf('.', end - 1))
        {
            if (ModulesToSave.Any(entry => module.AsSpan(0, end).EndsWith(entry, StringComparison.Ordinal))) return true;
        }

        return false;
    }

    /// <summary>The module's own rank.</summary>
    public int RankOf(string module) => (int)(FirstMatch(RankPattern, module) ?? Rank);

    /// <summary>The module's own scaling: the factor of B A.</summary>
    public double ScalingOf(string module)
    {
        var alpha = FirstMatch(AlphaPattern, module) ?? Alpha;
        var rank = RankOf(module);
        return alpha / (UseRslora ? Math.Sqrt(rank) : rank);
    }

    private static double? FirstMatch(IReadOnlyList<KeyValuePair<string, double>> patterns, string module)
    {
        foreach (var (pattern, value) in patterns)
        {
            if (Patterns.IsMatch(Patterns.Ending(pattern), module)) return value;
        }

        return null;
    }

    // A whole part of the name equals an entry: such modules are copies, never targets.
    private bool IsInSavedModule(string module) => ModulesToSave.Any(entry => $".{module}.".Contains($".{entry}.", StringComparison.Ordinal));

    private int? LayerNumber(string module)
    {
        IEnumerable<string> before = LayersPattern.Count == 0 ? [@"[^.]*"] : LayersPattern;
        foreach (var pattern in before)
        {
            var match = Patterns.Match(Patterns.Beginning($@".*\.(?:{pattern})\.(?<layer>[0-9]{{1,9}})\."), module);
            if (match.Success) return int.Parse(match.Groups["layer"].ValueSpan, CultureInfo.InvariantCulture);
        }

        return null;
    }

    private static void Require(bool holds, string key, double value, string expected)
    {
        if (!holds)
            throw new AttuneException(ExitCode.Recipe, FormattableString.Invariant($"lora.{key} is {value}; expected {expected}."));
    }
}
