using System.CommandLine;
using Attune.Cli.Options;
using Attune.Cli.Terminal;
using Attune.Cli.Terminal.Training;
using Attune.Training.Loop;
using Attune.Training.Recipes;
using Attune.Training.Running;

namespace Attune.Cli.Commands;

/// <summary><c>attune train</c>: from a recipe to a tuned, measured model.</summary>
public static class TrainCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var command = new Command("train", "Fine-tunes a model as a recipe says, and measures it before and after.");
        var recipe = RecipeArguments.Of(command, isTraining: true);
        var arguments = new RunArguments<Recipe>(command, recipe, "Reads everything, runs preflight, prints arithmetic and memory, trains nothing");
        // Not with a cancellation token: the parser's own Ctrl-C would end the process two seconds after the first.
        command.SetAction(parsed => Run(arguments.Read(parsed)));
        return HelpWithExamples.AddTo(
            command,
            ("attune train recipes/tiny/lora.yaml", "seconds: a model of random weights, needs nothing but the clone"),
            ("attune train recipes/smollm2-135m/lora.yaml --model DIR --data FILE", "your model, your data"),
            ("attune train recipes/tiny/lora.yaml --set lora.rank=16 --set epochs=2", "values over the recipe's"),
            ("attune train recipes/tiny/lora.yaml --dry-run", "what it would come to"),
            ("attune train --resume runs/2026-11-25-0900-tiny-lora", "go on where it stopped"));
    }

    private static int Run(RunRequest<Recipe> request)
    {
        using var stop = new StopRequest();
        if (request.DryRun) return DryRun(request);
        var observer = request.Json ? new TrainingEvents(Console.Out) : (ITrainingObserver)new TrainingScreen(Screen.Out, Machine.Memory, TimeProvider.System);
        using var run = request.Resume is { } folder
            ? TrainingRun.Resume(folder, TimeProvider.System, Screen.Notice)
            : TrainingRun.Start(PreparedRun.Create(request.Recipe()), TimeProvider.System);
        if (!request.Json) PreparationScreen.Write(Screen.Out, run.Prepared, request.Resume);
        var result = run.Train(observer, () => stop.IsRequested);
        if (result.Reason == StopReason.Interrupted) return (int)ExitCode.Interrupted;

        if (RunEvaluation.Of(run.Prepared, request.Json ? null : new ProgressLine(Screen.Error), StopIfAsked) is not { } evaluation) return (int)ExitCode.Success;
        run.Prepared.Dispose(); // the memory of the trained model is needed for those measured
        var (comparison, measured) = evaluation.Write(run.Directory, evaluation.OfBase(), evaluation.OfTuned(run.Directory));
        if (observer is TrainingEvents events) events.Write("comparison", measured);
        else ComparisonTable.Write(Screen.Out, evaluation.Task, comparison);
        return (int)ExitCode.Success;

        void StopIfAsked()
        {
            if (stop.IsRequested) throw StopRequest.BeforeTheTestFigures(run.Directory.Path);
        }
    }

    private static int DryRun(RunRequest<Recipe> request)
    {
        using var prepared = PreparedRun.Create(request.Recipe());
        var arithmetic = prepared.Arithmetic("(none: --dry-run)");
        if (request.Json)
        {
            new TrainingEvents(Console.Out).OnStart(arithmetic);
            return (int)ExitCode.Success;
        }

        PreparationScreen.Write(Screen.Out, prepared);
        StartBanner.Write(Screen.Out, arithmetic, Machine.Memory);
        MemoryScreen.Write(Screen.Out, prepared.Steps.Memory);
        return (int)ExitCode.Success;
    }
}
