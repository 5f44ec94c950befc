using System.CommandLine;
using Attune.Cli.Commands;
using Attune.Cli.Terminal;

namespace Attune.Cli;

/// <summary>The program's command line.</summary>
public static class AttuneCommand
{
    /// <summary>The table of verbs: one file a verb, in the order of a user's day.</summary>
    public static IReadOnlyList<Command> Verbs() =>
    [
        QuickstartCommand.Create(),
        TrainCommand.Create(),
        PretrainCommand.Create(),
        DataCommand.Create(),
        EvaluateCommand.Create(),
        GenerateCommand.Create(),
        ChatCommand.Create(),
        MergeCommand.Create(),
        RunCommand.Create(),
        DoctorCommand.Create(),
    ];

    /// <summary>The whole of it.</summary>
    public static RootCommand Create()
    {
        var root = new RootCommand("Attune fine-tunes language models: from raw data to an evaluated, served model.");
        foreach (var verb in Verbs()) root.Subcommands.Add(verb);
        return HelpWithExamples.AddTo(
            root,
            ("attune quickstart", "the whole way in a minute or two; it prints what to type next"),
            ("attune train recipes/tiny/lora.yaml", "a run in seconds"),
            ("attune data preview recipes/tiny/lora.yaml", "what the model will see"),
            ("attune train --help", "the words of a verb, with examples"));
    }
}
