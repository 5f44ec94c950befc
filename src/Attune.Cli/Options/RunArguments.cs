using System.CommandLine;
using Attune.Training.Recipes;

namespace Attune.Cli.Options;

/// <summary>The words of a verb that trains: a recipe or a run to go on with, and how to show it.</summary>
/// <typeparam name="TRecipe">The record of its recipes.</typeparam>
internal sealed class RunArguments<TRecipe>
    where TRecipe : TrainingRecipe
{
    private readonly RecipeArguments<TRecipe> _recipe;
    private readonly Option<string?> _resume = new("--resume") { HelpName = "run", Description = "Run directory to go on from its last checkpoint, instead of a recipe" };
    private readonly Option<bool> _dryRun;
    private readonly Option<bool> _json = new("--json") { Description = "Events as JSON, one object a line" };

    /// <summary>Adds the words to a command that has those of a recipe.</summary>
    /// <param name="command">The verb.</param>
    /// <param name="recipe">The words of its recipe.</param>
    /// <param name="dryRun">What --dry-run does.</param>
    public RunArguments(Command command, RecipeArguments<TRecipe> recipe, string dryRun)
    {
        (_recipe, _dryRun) = (recipe, new("--dry-run") { Description = dryRun });
        foreach (var option in new Option[] { _resume, _dryRun, _json }) command.Options.Add(option);
    }

    /// <summary>What the command line asks for.</summary>
    /// <exception cref="AttuneException">
    /// <see cref="ExitCode.Usage"/>: a resumed run takes everything from its own recipe, and words are there that it would not listen to.
    /// </exception>
    public RunRequest<TRecipe> Read(ParseResult parsed)
    {
        var request = new RunRequest<TRecipe>(parsed.GetValue(_resume), parsed.GetValue(_dryRun), parsed.GetValue(_json), () => _recipe.Load(parsed));
        if (request.Resume is null) return request;
        string[] others = [.. _recipe.Given(parsed), .. request.DryRun ? [_dryRun.Name] : Array.Empty<string>()];
        return others.Length == 0 ? request : throw new AttuneException(
            ExitCode.Usage, $"--resume goes on as the run began; it takes no {string.Join(", ", others)}.", "Take that out, or start a new run.");
    }
}

/// <summary>What a verb that trains is asked for.</summary>
/// <param name="Resume">Run directory to go on with; null: a new run.</param>
/// <param name="DryRun">Whether only what it would come to is shown.</param>
/// <param name="Json">Whether events are told to a program.</param>
/// <param name="Recipe">Reads the recipe of a new run.</param>
internal sealed record RunRequest<TRecipe>(string? Resume, bool DryRun, bool Json, Func<ResolvedRecipe<TRecipe>> Recipe)
    where TRecipe : TrainingRecipe;
