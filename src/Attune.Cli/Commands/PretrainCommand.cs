using System.CommandLine;
using Attune.Cli.Options;
using Attune.Cli.Terminal;
using Attune.Cli.Terminal.Training;
using Attune.Runs;
using Attune.Training.Loop;
using Attune.Training.Pretraining;
using Attune.Training.Recipes;
using Attune.Training.Recipes.Pretraining;

namespace Attune.Cli.Commands;

/// <summary><c>attune pretrain</c>: from documents to a base model.</summary>
public static class PretrainCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var command = new Command("pretrain", "Trains a base model and its tokenizer from random weights on documents.");
        var recipe = new RecipeArguments<PretrainRecipe>(command, RecipeKind.Pretraining, "recipes/nano/pretrain.yaml", "architecture.layers=8", hasModel: false, isTraining: true);
        var arguments = new RunArguments<PretrainRecipe>(command, recipe, "Reads the documents, prints arithmetic and memory, trains nothing");
        // Not with a cancellation token: the parser's own Ctrl-C would end the process two seconds after the first.
        command.SetAction(parsed => Run(arguments.Read(parsed)));
        return HelpWithExamples.AddTo(
            command,
            ("attune pretrain recipes/nano/pretrain.yaml --dry-run", "parameters, tokens, steps, memory"),
            ("attune pretrain recipes/nano/pretrain.yaml --set max_steps=100", "a short run"),
            ("attune pretrain recipes/nano/pretrain.yaml --data \"texts/*.md\" --set data.exclude=[] --set data.validation=null", "your documents"),
            ("attune pretrain --resume runs/2026-11-25-0900-attune-nano", "go on where it stopped"),
            ("attune generate runs/2026-11-25-0900-attune-nano --prompt \"Once upon a time\"", "what it has learned"));
    }

    private static int Run(RunRequest<PretrainRecipe> request)
    {
        using var stop = new StopRequest("stopping as soon as what is done can be kept; once more stops at once");
        if (request.DryRun) return DryRun(request);
        var events = new TrainingEvents(Console.Out);
        using var run = request.Resume is { } folder
            ? PretrainingRun.Resume(folder, TimeProvider.System, Screen.Notice)
            : PretrainingRun.Start(request.Recipe(), TimeProvider.System);
        if (!request.Json) RecipeScreen.Write(Screen.Out, run.Recipe.Values, request.Resume);
        run.Prepare(request.Json ? new CorpusEvents(events) : new CorpusScreen(Screen.Out, Screen.Error), stop.Token);
        var observer = request.Json ? events : (ITrainingObserver)new TrainingScreen(Screen.Out, Machine.Memory, TimeProvider.System, RunKind.Pretraining);
        return run.Train(observer, () => stop.IsRequested).Reason == StopReason.Interrupted ? (int)ExitCode.Interrupted : (int)ExitCode.Success;
    }

    private static int DryRun(RunRequest<PretrainRecipe> request)
    {
        var recipe = request.Recipe();
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
        MemoryScreen.Write(Screen.Out, estimate.Plan.Steps.Memory);
        return (int)ExitCode.Success;
    }
}
