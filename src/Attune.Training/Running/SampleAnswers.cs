using Attune.Models.Generation;
using Attune.Training.Loop;

namespace Attune.Training.Running;

/// <summary>The prompt that is answered at each validation.</summary>
internal static class SampleAnswers
{
    public const int MaxNewTokens = 40;

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
        if (run.Data.Validation is not { Examples: [var example, ..] } part) return null;
        var row = AskedRow.Of(run, part, example);
        return (row.Text, row.PromptIds);
    }
}
