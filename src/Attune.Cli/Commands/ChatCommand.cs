using System.CommandLine;
using System.Text.Json.Nodes;
using Attune.Cli.Options;
using Attune.Cli.Terminal;
using Spectre.Console;

namespace Attune.Cli.Commands;

/// <summary><c>attune chat</c>: a conversation, line by line.</summary>
public static class ChatCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var command = new Command("chat", "Talks with a run's tuned model, or with a base model through its chat template.");
        var model = new ModelArguments(command, alwaysChat: true);
        var sampling = new SamplingArguments(command, maxNewTokens: 512);
        var system = new Option<string?>("--system") { HelpName = "text", Description = "A system message; a run's own without it" };
        command.Options.Add(system);
        command.SetAction((parsed, cancellation) => Task.FromResult(Run(model, sampling, parsed, parsed.GetValue(system), cancellation)));
        return HelpWithExamples.AddTo(
            command,
            ("attune chat runs/2026-11-25-0900-tiny-lora", "the tuned model; /reset begins anew, /exit or Ctrl-D leaves"),
            ("attune chat --model recipes/tiny/model --temperature 0.8 --seed 1", "a base model"));
    }

    private static int Run(ModelArguments arguments, SamplingArguments sampling, ParseResult parsed, string? system, CancellationToken cancellation)
    {
        var request = sampling.Request(parsed);
        using var opened = arguments.Open(parsed);
        var form = opened.Form with { System = system ?? opened.Form.System };
        if (!form.IsChat) throw new AttuneException(ExitCode.Model, "This run was trained on plain text, not on conversations.", "Use: attune generate");
        var isTerminal = !Console.IsInputRedirected;
        if (isTerminal) Screen.Error.MarkupLine("[grey]/reset begins anew, /exit or Ctrl-D leaves[/]");

        var messages = new JsonArray();
        while (!cancellation.IsCancellationRequested)
        {
            if (isTerminal) Screen.Error.Markup("[green]you[/]  ");
            if (Console.In.ReadLine() is not { } line || line.Trim() == "/exit") break;
            if (line.Trim() == "/reset") messages.Clear();
            if (line.Trim() is "/reset" or "") continue;
            foreach (var message in form.Conversation(line))
            {
                if (messages.Count == 0 || (string?)message!["role"] != "system") messages.Add(message!.DeepClone());
            }

            if (isTerminal) Screen.Error.Markup("[blue]model[/]  ");
            var answer = opened.Answer(request, opened.Encode(messages), Screen.Out.Profile.Out.Writer, cancellation);
            Screen.Out.Profile.Out.Writer.WriteLine();
            messages.Add(new JsonObject { ["role"] = "assistant", ["content"] = answer.Text });
        }

        return (int)ExitCode.Success;
    }
}
