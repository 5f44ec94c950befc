using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Attune.Cli.Options;
using Attune.Cli.Terminal;
using Attune.Models.Generation;
using Spectre.Console;

namespace Attune.Cli.Commands;

/// <summary><c>attune generate</c>: one answer to one prompt.</summary>
public static class GenerateCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var command = new Command("generate", "Answers a prompt with a run's tuned model, or with a base model.");
        var model = new ModelArguments(command);
        var prompt = new Option<string?>("--prompt") { HelpName = "text", Description = "The text; - or none reads standard input" };
        command.Options.Add(prompt);
        var sampling = new SamplingArguments(command, maxNewTokens: 256);
        var json = new Option<bool>("--json") { Description = "One JSON object instead of the text" };
        command.Options.Add(json);
        command.SetAction(parsed => Run(model, sampling, parsed, parsed.GetValue(prompt), parsed.GetValue(json)));
        return HelpWithExamples.AddTo(
            command,
            ("attune generate runs/2026-11-25-0900-tiny-lora --prompt \"Where is my lamp?\"", "the tuned model, asked as it was trained"),
            ("attune generate --model recipes/tiny/model --prompt \"Hello\"", "a base model goes on from the text"),
            ("attune generate --model recipes/tiny/model --chat --prompt \"Hello\" --temperature 0.7", "through its chat template, drawn"));
    }

    private static int Run(ModelArguments arguments, SamplingArguments sampling, ParseResult parsed, string? prompt, bool json)
    {
        var request = sampling.Request(parsed);
        if (prompt is null or "-") prompt = Console.In.ReadToEnd();
        using var opened = arguments.Open(parsed);
        var promptIds = opened.Encode(prompt);
        var output = Screen.Out.Profile.Out.Writer;
        var start = Stopwatch.GetTimestamp();
        var result = opened.Answer(request, promptIds, json ? null : output);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(new
            {
                prompt,
                text = result.Text,
                prompt_tokens = promptIds.Length,
                tokens = result.TokenIds.Length,
                finish_reason = JsonNamingPolicy.SnakeCaseLower.ConvertName(result.FinishReason.ToString()),
                seconds,
            }));
            return (int)ExitCode.Success;
        }

        output.WriteLine();
        var why = result.FinishReason == FinishReason.Length ? "; stopped by --max-new-tokens" : "";
        Screen.Error.MarkupLineInterpolated($"[grey]{result.TokenIds.Length} tokens, {result.TokenIds.Length / seconds:0.0} a second{why}[/]");
        return (int)ExitCode.Success;
    }
}
