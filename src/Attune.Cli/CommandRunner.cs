using System.CommandLine;
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
            var error = parsed.Errors[0];
            ErrorReport.Write(new AttuneException(ExitCode.Usage, error.Message, $"See: attune {Verb(parsed)}--help"));
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

    private static string Verb(ParseResult parsed) =>
        parsed.CommandResult.Command is RootCommand ? "" : parsed.CommandResult.Command.Name + " ";
}
