using System.CommandLine;
using Attune.Cli.Options;
using Attune.Cli.Terminal;
using Attune.Cli.Terminal.Training;
using Attune.Runs;
using Attune.Training.Loop;
using Attune.Training.Pretraining;
using Attune.Training.Recipes;
using Attune.Training.Recipes.Pretraining;
using Spectre.Console;

namespace Attune.Cli.Commands;

/// <summary><c>attune pretrain</c>: from documents to a base model.</summary>
public static class PretrainCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var command = new Command("pretrain", "Trains a base model and its tokenizer from random weights on documents.");
        var recipe = new RecipeArguments<PretrainRecipe>(command, RecipeKind.Pretraining, "recipes/nano/pretrain.yaml", "architecture.layers=8", hasModel: false);
        var allow = new Option<string[]>("--allow") { HelpName = "name", Description = "Goes on in spite of a preflight check, by its name" };
        var resume = new Option<string?>("--resume") { HelpName = "run", Description = "Run directory to go on from its last checkpoint, instead of a recipe" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Reads the documents, prints arithmetic and memory, trains nothing" };
        var json = new Option<bool>("--json") { Description = "Events as JSON, one object a line" };
        foreach (var option in new Option[] { allow, resume, dryRun, json }) command.Options.Add(option);
        command.SetAction(parsed => Run(new PretrainRequest(
            recipe, parsed, parsed.GetValue(allow) ?? [], parsed.GetValue(resume), parsed.GetValue(dryRun), parsed.GetValue(json))));
        return HelpWithExamples.AddTo(
            command,
            ("attune pretrain recipes/nano/pretrain.yaml --dry-run", "parameters, tokens, steps, memory"),
            ("attune pretrain recipes/nano/pretrain.yaml --set max_steps=100", "a short run"),
            ("attune pretrain recipes/nano/pretrain.yaml --data \"texts/*.md\" --set data.exclude=[] --set data.validation=null", "your documents"),
            ("attune pretrain --resume runs/2026-11-25-0900-attune-nano", "go on where it stopped"),
            ("attune generate runs/2026-11-25-0900-attune-nano --prompt \"Once upon a time\"", "what it has learned"));
    }

    private static int Run(PretrainRequest request)
    {
        using var stop = new StopRequest("stopping as soon as what is done can be kept; once more stops at once");
        if (request.Resume is not null) RequireNothingElse(request);
        if (request.DryRun) return DryRun(request);
        var events = new TrainingEvents(Console.Out);
        using var run = request.Resume is { } folder
            ? PretrainingRun.Resume(folder, TimeProvider.System, Notice)
            : PretrainingRun.Start(request.Recipe.Load(request.Parsed, request.Allow), TimeProvider.System);
        if (!request.Json) RecipeScreen.Write(Screen.Out, run.Recipe.Values, request.Resume);
        run.Prepare(request.Json ? new CorpusEvents(events) : new CorpusScreen(Screen.Out, Screen.Error), stop.Token);
        var observer = request.Json ? events : (ITrainingObserver)new TrainingScreen(Screen.Out, Machine.Memory, TimeProvider.System, RunKind.Pretraining);
        return run.Train(observer, () => stop.IsRequested).Reason == StopReason.Interrupted ? (int)ExitCode.Interrupted : (int)ExitCode.Success;
    }

    private static int DryRun(PretrainRequest request)
    {
        var recipe = request.Recipe.Load(request.Parsed, request.Allow);
        if (!request.Json) RecipeScreen.Write(Screen.Out, recipe.Values);
        var estimate = PretrainEstimate.Of(recipe);
        var arithmetic = estimate.Plan.Arithmetic("(none: --dry-run)");
        if (request.Json)
        {
            new TrainingEvents(Console.Out).OnStart(arithmetic);
            return (int)ExitCode.Success;
        }

        CorpusScreen.Write(Screen.Out, estimate);
        StartBanner.Write(Screen.Out, arithmetic, Machine.Memory);
        MemoryScreen.Write(Screen.Out, estimate.Plan.Memory);
        return (int)ExitCode.Success;
    }

    /// <summary>A resumed run takes everything from its own recipe: words that it would not listen to are a mistake.</summary>
    private static void RequireNothingElse(PretrainRequest request)
    {
        string[] others = [.. request.Recipe.Given(request.Parsed), .. request.Allow.Count > 0 ? ["--allow"] : Array.Empty<string>(), .. request.DryRun ? ["--dry-run"] : Array.Empty<string>()];
        if (others.Length > 0)
            throw new AttuneException(ExitCode.Usage, $"--resume goes on as the run began; it takes no {string.Join(", ", others)}.", "Take that out, or start a new run.");
    }

    private static void Notice(string text) => Screen.Error.MarkupLineInterpolated($"[yellow]note:[/] {text}");

    private sealed record PretrainRequest(
        RecipeArguments<PretrainRecipe> Recipe, ParseResult Parsed, IReadOnlyList<string> Allow, string? Resume, bool DryRun, bool Json);
}
