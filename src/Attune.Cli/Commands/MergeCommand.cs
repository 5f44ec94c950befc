using System.CommandLine;
using Attune.Cli.Terminal;
using Attune.Models.Export;
using Attune.Runs;
using Attune.Training.Tuned;
using Spectre.Console;
using TorchSharp;

namespace Attune.Cli.Commands;

/// <summary><c>attune merge</c>: a run's tuned model as one Hugging Face folder.</summary>
public static class MergeCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var command = new Command("merge", "Writes a run's tuned model, its adapter added into the weights, as a Hugging Face folder.");
        var run = new Argument<string>("run") { Description = "Run directory: its best checkpoint, else its last" };
        var output = new Option<string>("--output") { HelpName = "folder", Description = "New folder for the model", Required = true };
        var type = new Option<string>("--type") { Description = "Element type of the weights", DefaultValueFactory = _ => "bfloat16" };
        type.AcceptOnlyFromAmong("bfloat16", "float32");
        command.Arguments.Add(run);
        command.Options.Add(output);
        command.Options.Add(type);
        command.SetAction(parsed => Run(parsed.GetValue(run)!, parsed.GetValue(output)!, parsed.GetValue(type) == "float32"));
        return HelpWithExamples.AddTo(
            command, ("attune merge runs/2026-11-25-0900-tiny-lora --output merged", "then: attune generate --model merged --chat --prompt …"));
    }

    private static int Run(string path, string output, bool float32)
    {
        var run = RunDirectory.Open(path);
        // Merged in fp32, whatever the run computed in: the sum is rounded once.
        using var model = TunedModel.LoadMerged(run, Screen.Notice);
        HuggingFaceFolder.Write(output, model.Decoder, model.Path, float32 ? torch.ScalarType.Float32 : torch.ScalarType.BFloat16);
        var bytes = new DirectoryInfo(output).EnumerateFiles().Sum(file => file.Length);
        Screen.Out.MarkupLineInterpolated($"{output}: {Units.Bytes(bytes)}; try it with: ./attune generate --model {output} --chat --prompt \"…\"");
        return (int)ExitCode.Success;
    }
}
