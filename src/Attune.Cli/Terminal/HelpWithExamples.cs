using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Attune.Cli.Terminal;

/// <summary>The usual help of a command followed by command lines that work as they stand.</summary>
public sealed class HelpWithExamples(IReadOnlyList<(string CommandLine, string What)> examples) : SynchronousCommandLineAction
{
    private readonly HelpAction _help = new();

    /// <summary>Adds the help option with examples to a command and returns the command.</summary>
    public static T AddTo<T>(T command, params (string CommandLine, string What)[] examples)
        where T : Command
    {
        var help = command.Options.OfType<HelpOption>().FirstOrDefault() ?? new HelpOption(); // a root command has one of its own
        help.Action = new HelpWithExamples(examples);
        if (!command.Options.Contains(help)) command.Options.Add(help);
        return command;
    }

    /// <summary>Help is shown in spite of what the command line lacks: <c>attune merge --help</c>.</summary>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var code = _help.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        var width = examples.Max(example => example.CommandLine.Length);
        foreach (var (commandLine, what) in examples)
            output.WriteLine($"  {commandLine.PadRight(width)}  {what}");
        output.WriteLine();
        return code;
    }
}
