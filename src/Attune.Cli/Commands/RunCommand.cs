using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Attune.Cli.Terminal;
using Attune.Cli.Terminal.Training;
using Attune.Runs;
using Attune.Runs.Listing;
using Spectre.Console;

namespace Attune.Cli.Commands;

/// <summary><c>attune run list</c> and <c>attune run show</c>: what was trained and what came of it.</summary>
public static class RunCommand
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var command = new Command("run", "Lists runs, or shows one.");
        command.Subcommands.Add(List());
        command.Subcommands.Add(Show());
        return HelpWithExamples.AddTo(
            command, ("attune run list", "every run in runs/"), ("attune run show runs/2026-11-25-0900-tiny-lora", "one run"));
    }

    private static Command List()
    {
        var command = new Command("list", "Lists the runs of a folder.");
        var folder = new Argument<string>("folder") { Description = "Folder of runs", DefaultValueFactory = _ => "runs" };
        var json = new Option<bool>("--json") { Description = "One JSON array" };
        command.Arguments.Add(folder);
        command.Options.Add(json);
        command.SetAction(parsed => List(parsed.GetValue(folder)!, parsed.GetValue(json)));
        return HelpWithExamples.AddTo(command, ("attune run list", "runs/"), ("attune run list experiments --json", "another folder, for a program"));
    }

    private static int List(string folder, bool json)
    {
        var runs = RunSummary.AllIn(folder);
        if (json)
        {
            Screen.Out.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(runs, Json));
            return (int)ExitCode.Success;
        }

        if (runs.Count == 0)
        {
            Screen.Out.MarkupLineInterpolated($"No runs in {folder}. Make one with: ./attune train recipes/tiny/lora.yaml");
            return (int)ExitCode.Success;
        }

        var table = new Table().AddColumns("run", "state", "step", "best validation loss", "test");
        foreach (var run in runs)
        {
            table.AddRow(
                Markup.Escape(run.Path), Word(run.State), run.Step.ToString(CultureInfo.InvariantCulture),
                run.BestEvalLoss is { } loss ? $"{StepLine.Number(loss)} at step {run.BestStep}" : "–", Test(run));
        }

        Screen.Out.Write(table);
        return (int)ExitCode.Success;
    }

    private static Command Show()
    {
        var command = new Command("show", "Shows a run: its state, losses, test figures, checkpoints, and where its files are.");
        var folder = new Argument<string>("run") { Description = "Run directory" };
        var json = new Option<bool>("--json") { Description = "One JSON object" };
        command.Arguments.Add(folder);
        command.Options.Add(json);
        command.SetAction(parsed => Show(parsed.GetValue(folder)!, parsed.GetValue(json)));
        return HelpWithExamples.AddTo(command, ("attune run show runs/2026-11-25-0900-tiny-lora", "one page"));
    }

    private static int Show(string folder, bool json)
    {
        var run = RunSummary.Of(folder);
        if (json)
        {
            Screen.Out.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(run, Json));
            return (int)ExitCode.Success;
        }

        foreach (var (name, value) in Lines(run)) Screen.Out.MarkupLineInterpolated($"{name,-16} {value}");
        return (int)ExitCode.Success;
    }

    private static IEnumerable<(string Name, string Value)> Lines(RunSummary run)
    {
        yield return ("run", run.Path);
        yield return ("state", Word(run.State) + (run.Problem is null ? "" : $": {run.Problem}"));
        yield return ("last step", run.Step.ToString(CultureInfo.InvariantCulture) + (run.Loss is { } loss ? $", loss {StepLine.Number(loss)}" : ""));
        if (run is { BestEvalLoss: { } best, BestStep: { } step }) yield return ("best step", $"{step}, validation loss {StepLine.Number(best)}");
        if (Test(run) is not "–" and var test) yield return ("test", test);
        yield return ("checkpoints", run.Checkpoints.Count == 0 ? "none yet" : string.Join(", ", run.Checkpoints));
        yield return ("recipe", Path.Combine(run.Path, "recipe.yaml"));
        yield return ("metrics", Path.Combine(run.Path, "metrics.jsonl"));
        if (run.State is RunState.Finished) yield return ("next", run.Kind == RunKind.Pretraining ? $"./attune generate {run.Path} --prompt \"…\"" : $"./attune chat {run.Path}");
        if (run.State is RunState.Interrupted or RunState.Failed) yield return ("next", $"./attune {run.Kind.Verb()} --resume {run.Path}");
    }

    private static string Word(RunState state) => JsonNamingPolicy.SnakeCaseLower.ConvertName(state.ToString());

    /// <summary>The main test figure before and after, for example <c>accuracy 8.5 % → 92.0 %</c>.</summary>
    private static string Test(RunSummary run)
    {
        foreach (var metric in new[] { "accuracy", "loss" })
        {
            if (Value("base", metric) is not { } before || Value("tuned", metric) is not { } after) continue;
            return metric == "accuracy"
                ? string.Create(CultureInfo.InvariantCulture, $"accuracy {100 * before:0.0} % → {100 * after:0.0} %")
                : $"loss {StepLine.Number(before)} → {StepLine.Number(after)}";
        }

        return "–";

        double? Value(string model, string metric) =>
            run.Evaluation?[model]?[metric]?["value"] is { } value && value.GetValueKind() == JsonValueKind.Number ? (double)value : null;
    }
}
