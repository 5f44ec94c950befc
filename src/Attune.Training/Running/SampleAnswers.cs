using System.Text.Json.Nodes;
using Attune.Data.Formats;
using Attune.Data.Preparation;
using Attune.Models.Generation;
using Attune.Training.Loop;

namespace Attune.Training.Running;

/// <summary>The prompt that is answered at each validation.</summary>
internal static class SampleAnswers
{
    public const int MaxNewTokens = 40;
    private const int StartOfText = 16; // tokens of a plain text given as prompt

    /// <summary>Answers the recipe's prompt, or that of the first validation row; null where there is neither.</summary>
    public static Func<GeneratedSample?>? Of(PreparedRun run)
    {
        if (Prompt(run) is not { } prompt) return null;
        var generator = new Generator(run.Model.Decoder, run.Model.Tokenizer);
        var request = new GenerationRequest(prompt.Ids) { MaxNewTokens = MaxNewTokens, StopTokenIds = [.. run.Model.GenerationDefaults.EosIds] };
        return () => new GeneratedSample(prompt.Text, generator.Generate([request])[0].Text);
    }

    private static (string Text, int[] Ids)? Prompt(PreparedRun run)
    {
        if (run.Recipe.Value.SamplePrompt is { } text) return (text, run.Form.Encode(text, run.Model.Tokenizer, run.Model.Chat));
        if (run.Validation is not [var example, ..]) return null;
        var answer = Array.FindIndex(example.Labels, 1, label => label != Example.Ignored);
        var length = answer > 1 ? answer : Math.Min(StartOfText, example.TokenIds.Length - 1);
        var ids = example.TokenIds[..length];
        return (LastUserMessage(run, example) ?? run.Model.Tokenizer.Decode(ids), ids);
    }

    private static string? LastUserMessage(PreparedRun run, Example example)
    {
        var row = run.Data.Sets.Validation!.Rows.First(row => row.Origin == example.Origin);
        if (row.Content is not ChatContent chat) return null;
        var asked = chat.Messages.OfType<JsonObject>().LastOrDefault(message => (message["role"] as JsonValue)?.ToString() == "user");
        return (asked?["content"] as JsonValue)?.ToString();
    }
}
