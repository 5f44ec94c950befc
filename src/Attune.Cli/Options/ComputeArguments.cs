using System.CommandLine;
using static TorchSharp.torch;

namespace Attune.Cli.Options;

/// <summary>The words that say how a verb computes: type of the products, threads.</summary>
internal sealed class ComputeArguments
{
    private readonly Option<string?> _type = new("--compute-type") { Description = "Type of the products; without it a run's own, and for a base model the one this machine is good at" };
    private readonly Option<int?> _threads = new("--threads") { HelpName = "n", Description = "Threads; every core without it" };

    /// <summary>Adds the words to a command.</summary>
    public ComputeArguments(Command command)
    {
        _type.AcceptOnlyFromAmong("float32", "bfloat16");
        command.Options.Add(_type);
        command.Options.Add(_threads);
    }

    /// <summary>Sets torch's threads.</summary>
    /// <returns>The compute type; null: none is named.</returns>
    /// <exception cref="AttuneException"><see cref="ExitCode.Usage"/>: a number of threads below 1.</exception>
    public ScalarType? Apply(ParseResult parsed)
    {
        if (parsed.GetValue(_threads) is { } threads)
        {
            if (threads < 1) throw new AttuneException(ExitCode.Usage, $"--threads is {threads}; expected at least 1.");
            set_num_threads(threads);
        }

        return parsed.GetValue(_type) switch { "float32" => ScalarType.Float32, "bfloat16" => ScalarType.BFloat16, _ => null };
    }
}
