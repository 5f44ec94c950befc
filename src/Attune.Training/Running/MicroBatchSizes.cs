using Attune.Data.Batching;
using Attune.Data.Preparation;
using Attune.Training.Recipes;

namespace Attune.Training.Running;

/// <summary>How large the micro-batches of a run are, and whether their layers are computed again.</summary>
public static class MicroBatchSizes
{
    /// <summary>
    /// Tokens of a micro-batch where nothing speaks against it. Products over 1,024 rows are as fast as they get: a step
    /// that is a little too large for one micro-batch becomes two that still are.
    /// </summary>
    public const int UsualTokens = 2048;

    /// <summary>What a recipe leaves open: smaller micro-batches cost less time than layers that are computed again.</summary>
    /// <param name="recipe">What it sets itself stays.</param>
    /// <param name="longest">Tokens of the longest row.</param>
    /// <param name="canRecompute">Whether the run's path can compute layers again.</param>
    /// <param name="fits">Whether a run with micro-batches of at most so many tokens has enough memory, layers computed again or not.</param>
    public static (int Tokens, ActivationCheckpointing Checkpointing) Choose(TrainingRecipe recipe, int longest, bool canRecompute, Func<int, bool, bool> fits)
    {
        var given = recipe.ActivationCheckpointing;
        var recomputes = given == ActivationCheckpointing.Layer;
        var tokens = TokensWhere(recomputes);
        if (given != ActivationCheckpointing.Auto) return (tokens, given);
        if (!canRecompute || fits(tokens, false)) return (tokens, ActivationCheckpointing.None);
        return (TokensWhere(true), ActivationCheckpointing.Layer);

        int TokensWhere(bool again) => recipe.MicroBatchTokens ?? Choose(longest, size => fits(size, again));
    }

    /// <summary>What <c>micro_batch_tokens: null</c> comes to: the usual, or the longest row, which nothing can cut; halved as long as it does not fit.</summary>
    /// <param name="longest">Tokens of the longest row.</param>
    /// <param name="fits">Whether a run with micro-batches of at most so many tokens has enough memory.</param>
    /// <returns>At least <paramref name="longest"/>, whether that fits or not.</returns>
    public static int Choose(int longest, Func<int, bool> fits)
    {
        var tokens = Math.Max(UsualTokens, longest);
        while (tokens > longest && !fits(tokens)) tokens = Math.Max(tokens / 2, longest);
        return tokens;
    }

    /// <summary>Refuses what the plain path does not have.</summary>
    /// <param name="recipe">With everything decided.</param>
    /// <param name="whyPlain">Why the run takes the plain path; null: it takes the fused one.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Recipe"/>.</exception>
    public static void RequirePath(TrainingRecipe recipe, string? whyPlain)
    {
        if (whyPlain is not null && recipe.ActivationCheckpointing == ActivationCheckpointing.Layer)
            throw new AttuneException(ExitCode.Recipe, $"activation_checkpointing: layer needs the fused path, but {whyPlain}.", "Leave it out, and lower micro_batch_tokens instead.");
    }

    /// <summary>Tokens of the largest micro-batch of any step.</summary>
    /// <param name="examples">Training examples.</param>
    /// <param name="order">Their order.</param>
    /// <param name="totalSteps">Steps of the run.</param>
    /// <param name="microBatchTokens">As the objective cuts them.</param>
    public static int Largest(IReadOnlyList<Example> examples, DataOrder order, int totalSteps, int microBatchTokens) =>
        Enumerable.Range(1, totalSteps).Max(step =>
        {
            int[] tokens = [.. order.RowsOfStep(step).Select(row => examples[row].TokenIds.Length)];
            return TokenBudget.Cut(tokens, microBatchTokens).Max(group => tokens.Skip(group.Start).Take(group.Count).Sum());
        });
}
