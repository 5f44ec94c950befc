using System.CommandLine;
using Attune.Cli;
using Attune.Cli.Commands;
using Attune.Cli.Terminal;
using Attune.Models.Native;

TorchLibrary.EnsureFound();

// The table of verbs: one file a verb, in the order of a user's day.
var root = HelpWithExamples.AddTo(
    new RootCommand("Attune fine-tunes language models: from raw data to an evaluated, served model.")
    {
        TrainCommand.Create(),
        PretrainCommand.Create(),
        DataCommand.Create(),
        EvaluateCommand.Create(),
        GenerateCommand.Create(),
        ChatCommand.Create(),
        MergeCommand.Create(),
        RunCommand.Create(),
        DoctorCommand.Create(),
    },
    ("attune train recipes/tiny/lora.yaml", "a run in seconds; it prints what to type next"),
    ("attune data preview recipes/tiny/lora.yaml", "what the model will see"),
    ("attune train --help", "the words of a verb, with examples"));

return CommandRunner.Run(root, args);
