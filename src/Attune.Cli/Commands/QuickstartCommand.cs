using System.CommandLine;
using Attune.Cli.Options;
using Attune.Cli.Quickstart;
using Attune.Cli.Terminal;
using Attune.Cli.Terminal.Quickstart;
using Attune.Cli.Terminal.Training;
using Attune.Training.Loop;
using Attune.Training.Running;
using Spectre.Console;

namespace Attune.Cli.Commands;

/// <summary><c>attune quickstart</c>: the whole way from rows to a measured model, explained on the way.</summary>
public static class QuickstartCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var command = new Command("quickstart", "Goes the whole way in a minute or two: sample rows, a small model, training, before and after.");
        var changes = new RecipeChanges(command, "max_steps=20", hasModel: true, isTraining: true);
        command.SetAction(parsed => Run(changes, parsed));
        return HelpWithExamples.AddTo(
            command,
            ("attune quickstart", "needs nothing but the clone"),
            ("attune quickstart --data FILE", "your rows: JSONL, JSON, CSV, TSV, text, or a folder; at most 400 are trained on"),
            ("attune quickstart --model DIR --data FILE", "your model too: a Hugging Face folder or a GGUF file"),
            ("attune quickstart --set max_steps=20", "a short look"));
    }

    private static int Run(RecipeChanges changes, ParseResult parsed)
    {
        using var stop = new StopRequest();
        var repository = Repository.Find();
        var screen = new QuickstartScreen(Screen.Out, TimeProvider.System);
        string? runFolder = null;

        var recipe = QuickstartRecipe.Load(repository, changes, parsed);
        screen.Begin($"{recipe.Value.Data.Train}: bad rows are left out, the others become the tokens that a model reads.");
        using var prepared = PreparedRun.Create(recipe);
        screen.Rows(prepared.Data);
        var evaluation = RunEvaluation.Of(prepared, new ProgressLine(Screen.Error), StopIfAsked) ?? throw NothingToMeasureWith();
        var examples = ExampleAnswers.Of(prepared, evaluation.Task.Part);
        screen.Done(StageSentences.Of(prepared.Data, evaluation.Task));

        screen.Begin($"{recipe.Value.Model}: measured as it is, on rows it will not be trained on.");
        IReadOnlyList<string> answersBefore = [], answersAfter = [];
        var before = evaluation.OfBase(model => answersBefore = examples.Of(model));
        var reached = StageSentences.Of("Before training", before, evaluation.Task);
        Screen.Out.WriteLine(reached);
        screen.Done(reached);

        screen.Begin("The model learns from the training rows; validation rows tell which step to keep.");
        using var run = TrainingRun.Start(prepared, TimeProvider.System);
        runFolder = run.Directory.Path;
        var arithmetic = prepared.Arithmetic(runFolder);
        var result = run.Train(new TrainingScreen(Screen.Out, Machine.Memory, TimeProvider.System, isLast: false), () => stop.IsRequested);
        if (result.Reason == StopReason.Interrupted) return (int)ExitCode.Interrupted;
        screen.Done(StageSentences.Of(arithmetic, result));

        screen.Begin("The best step is measured on the same rows.");
        prepared.Dispose(); // the memory of the trained model is needed for the one measured
        var after = evaluation.OfTuned(run.Directory, model => answersAfter = examples.Of(model));
        screen.Done(StageSentences.Of("After training", after, evaluation.Task));
        var (comparison, _) = evaluation.Write(run.Directory, before, after);
        ComparisonTable.Write(Screen.Out, evaluation.Task, comparison);
        screen.Answers(examples.Asked, answersBefore, answersAfter, evaluation.Task);
        screen.End(Next(repository.Launcher, run));
        return (int)ExitCode.Success;

        void StopIfAsked()
        {
            if (!stop.IsRequested) return;
            throw runFolder is null ? new AttuneException(ExitCode.Interrupted, "Stopped before the first step; nothing was written.") : StopRequest.BeforeTheTestFigures(runFolder);
        }
    }

    private static (string CommandLine, string What)[] Next(string launcher, TrainingRun run) =>
    [
        run.Prepared.Form.IsChat
            ? ($"{launcher} chat {run.Directory.Path}", "ask the tuned model yourself")
            : ($"{launcher} generate {run.Directory.Path} --prompt \"…\"", "ask the tuned model yourself"),
        ($"{launcher} data preview {run.Directory.RecipePath}", "see the rows as the model saw them"),
        ($"{launcher} quickstart --model DIR --data FILE", "the same with your own model and rows"),
    ];

    private static AttuneException NothingToMeasureWith() => new(
        ExitCode.Data, "There are no test and no validation rows: before and after could not be compared.",
        "Leave data.split as it is, or train without a comparison: attune train RECIPE");
}
