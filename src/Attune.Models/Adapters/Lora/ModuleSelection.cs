using System.Buffers;
using System.Text.RegularExpressions;

namespace Attune.Models.Adapters.Lora;

/// <summary>
/// Names of modules as PEFT's <c>target_modules</c> and <c>exclude_modules</c> give them: a list of names, each matching
/// a whole module name or an ending after a dot; one regular expression that matches the whole name; or
/// <c>all-linear</c>, every linear layer but the output layer.
/// </summary>
public sealed class ModuleSelection
{
    /// <summary>Every linear layer except <c>lm_head</c>.</summary>
    public static readonly ModuleSelection AllLinear = new(null, null);

    // The dot is left out: names have it too.
    private static readonly SearchValues<char> OnlyInExpressions = SearchValues.Create(@"\*+?[](){}|^$");

    private readonly Regex? _expression;

    private ModuleSelection(IReadOnlyList<string>? names, string? expression)
    {
        Names = names;
        Expression = expression;
        _expression = expression is null ? null : Patterns.WholeName(expression);
    }

    /// <summary>The names of a list, else null.</summary>
    public IReadOnlyList<string>? Names { get; }

    /// <summary>The regular expression, else null.</summary>
    public string? Expression { get; }

    /// <summary>A list of whole names or endings after a dot.</summary>
    public static ModuleSelection Of(params IReadOnlyList<string> names) => new(names, null);

    /// <summary>One regular expression that matches whole names.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Model"/>: not a regular expression.</exception>
    public static ModuleSelection Matching(string expression) => new(null, expression);

    /// <summary>
    /// What a recipe writes: <c>all-linear</c>; a single entry with a character that only regular expressions have;
    /// or names.
    /// </summary>
    public static ModuleSelection FromRecipe(IReadOnlyList<string> entries) => entries switch
    {
        ["all-linear"] => AllLinear,
        [var one] when one.AsSpan().ContainsAny(OnlyInExpressions) => Matching(one),
        _ => Of(entries),
    };

    /// <summary>Whether the selection takes this module.</summary>
    /// <param name="module">The whole name, for example <c>model.layers.0.self_attn.q_proj</c>.</param>
    public bool Matches(string module)
    {
        if (Names is not null) return Names.Any(name => IsEnding(module, name));
        return _expression is null ? module != "lm_head" : Patterns.IsMatch(_expression, module);
    }

    /// <summary>Whether a list names this module in full.</summary>
    public bool NamesExactly(string module) => Names?.Contains(module) ?? false;

    /// <inheritdoc/>
    public override string ToString() => Expression ?? (Names is null ? "all-linear" : string.Join(", ", Names));

    private static bool IsEnding(string module, string name) =>
        module == name || (module.EndsWith(name, StringComparison.Ordinal) && module.Length > name.Length && module[^(name.Length + 1)] == '.');
}
