using System.CommandLine;
using Attune.Cli;
using Attune.Cli.Commands;
using Attune.Models.Native;

TorchLibrary.EnsureFound();

// The table of verbs: one file a verb, in the order of a user's day.
var root = new RootCommand("Attune fine-tunes language models: from raw data to an evaluated, served model.")
{
    TrainCommand.Create(),
    DataCommand.Create(),
    GenerateCommand.Create(),
    ChatCommand.Create(),
    MergeCommand.Create(),
    RunCommand.Create(),
    DoctorCommand.Create(),
};

return CommandRunner.Run(root, args);
