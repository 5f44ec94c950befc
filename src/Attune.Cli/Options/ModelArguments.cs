using System.CommandLine;
using Attune.Cli.Models;
using static TorchSharp.torch;

namespace Attune.Cli.Options;

/// <summary>The words that say which model a verb uses: a run, or a base model.</summary>
internal sealed class ModelArguments
{
    private readonly Argument<string?> _run = new("run") { Description = "Run directory: its best checkpoint, else its last", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _model = new("--model") { HelpName = "path", Description = "Base model instead of a run: Hugging Face folder or GGUF file" };
    private readonly Option<bool> _chat = new("--chat") { Description = "With --model: ask through the chat template; without it the text is taken as it is" };
    private readonly Option<int?> _threads = new("--threads") { HelpName = "n", Description = "Threads; every core without it" };

    private readonly Option<string?> _computeType = new("--compute-type") { Description = "Type of the products; without it a run's own, and for a base model the one this machine is good at" };

    /// <summary>Adds the words to a command.</summary>
    /// <param name="command">The verb.</param>
    /// <param name="alwaysChat">A base model is asked through its template without being told.</param>
    public ModelArguments(Command command, bool alwaysChat = false)
    {
        AlwaysChat = alwaysChat;
        command.Arguments.Add(_run);
        command.Options.Add(_model);
        if (!alwaysChat) command.Options.Add(_chat);
        _computeType.AcceptOnlyFromAmong("float32", "bfloat16");
        command.Options.Add(_computeType);
        command.Options.Add(_threads);
    }

    private bool AlwaysChat { get; }

    /// <summary>Opens what the command line names.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Usage"/>: neither or both are named; or why it cannot be opened.</exception>
    public OpenedModel Open(ParseResult parsed)
    {
        if (parsed.GetValue(_threads) is { } threads)
        {
            if (threads < 1) throw new AttuneException(ExitCode.Usage, $"--threads is {threads}; expected at least 1.");
            set_num_threads(threads);
        }

        ScalarType? type = parsed.GetValue(_computeType) switch { "float32" => ScalarType.Float32, "bfloat16" => ScalarType.BFloat16, _ => null };
        return (parsed.GetValue(_run), parsed.GetValue(_model)) switch
        {
            ({ } run, null) => OpenedModel.OfRun(run, type),
            (null, { } model) => OpenedModel.OfBase(model, AlwaysChat || parsed.GetValue(_chat), type),
            (null, null) => throw new AttuneException(ExitCode.Usage, "No model is named.", "Name a run (see: attune run list), or a base model with --model."),
            _ => throw new AttuneException(ExitCode.Usage, "A run and --model are both named; one model answers.", "Take one of them out."),
        };
    }
}
