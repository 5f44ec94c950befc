using System.CommandLine;
using Attune.Cli.Models;

namespace Attune.Cli.Options;

/// <summary>The words that say which model a verb uses: a run, or a base model.</summary>
internal sealed class ModelArguments
{
    private readonly Argument<string?> _run = new("run") { Description = "Run directory: its best checkpoint, else its last", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _model = new("--model") { HelpName = "path", Description = "Base model instead of a run: Hugging Face folder or GGUF file" };
    private readonly Option<bool> _chat = new("--chat") { Description = "With --model: ask through the chat template; without it the text is taken as it is" };
    private readonly ComputeArguments _compute;

    /// <summary>Adds the words to a command.</summary>
    /// <param name="command">The verb.</param>
    /// <param name="alwaysChat">A base model is asked through its template without being told.</param>
    public ModelArguments(Command command, bool alwaysChat = false)
    {
        AlwaysChat = alwaysChat;
        command.Arguments.Add(_run);
        command.Options.Add(_model);
        if (!alwaysChat) command.Options.Add(_chat);
        _compute = new ComputeArguments(command);
    }

    private bool AlwaysChat { get; }

    /// <summary>Opens what the command line names.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Usage"/>: neither or both are named; or why it cannot be opened.</exception>
    public OpenedModel Open(ParseResult parsed)
    {
        var type = _compute.Apply(parsed);
        return (parsed.GetValue(_run), parsed.GetValue(_model)) switch
        {
            ({ } run, null) => OpenedModel.OfRun(run, type),
            (null, { } model) => OpenedModel.OfBase(model, AlwaysChat || parsed.GetValue(_chat), type),
            (null, null) => throw new AttuneException(ExitCode.Usage, "No model is named.", "Name a run (see: attune run list), or a base model with --model."),
            _ => throw new AttuneException(ExitCode.Usage, "A run and --model are both named; one model answers.", "Take one of them out."),
        };
    }
}
