using System.CommandLine;
using System.CommandLine.Parsing;
using Attune.Cli.Terminal;

namespace Attune.Cli;

/// <summary>Parses the command line, runs the verb, and turns every failure into one message and a stable exit code.</summary>
public static class CommandRunner
{
    /// <summary>Runs one command line and returns its exit code (<see cref="ExitCode"/>).</summary>
    public static int Run(RootCommand root, string[] args)
    {
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            ErrorReport.Write(new AttuneException(ExitCode.Usage, Problem(parsed), $"See: attune {Verb(parsed)}--help"));
            return (int)ExitCode.Usage;
        }

        try
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception exception) when (ErrorReport.Explain(exception) is { } explained)
        {
            ErrorReport.Write(explained);
            return (int)explained.Code;
        }
        catch (Exception exception)
        {
            ErrorReport.WriteInternal(exception);
            return (int)ExitCode.InternalError;
        }
    }

    // The parser's first error for a misspelt verb is that no verb was given.
    private static string Problem(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens is not [var word, ..] || parsed.CommandResult.Command.Subcommands.Count == 0) return parsed.Errors[0].Message;
        var names = parsed.CommandResult.Command.Subcommands.Select(command => command.Name).ToArray();
        var nearest = NearestName.Of(word, names);
        return $"There is no command '{word}'{(nearest is null ? "" : $"; did you mean {nearest}?")} The commands are {string.Join(", ", names)}.";
    }

    // "run show " of attune run show …
    private static string Verb(ParseResult parsed)
    {
        var words = "";
        for (var at = parsed.CommandResult; at is { Command: not RootCommand }; at = at.Parent as CommandResult)
            words = at.Command.Name + " " + words;
        return words;
    }
}
