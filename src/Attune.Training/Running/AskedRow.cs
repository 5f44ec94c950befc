using System.Text.Json.Nodes;
using Attune.Data.Formats;
using Attune.Data.Preparation;
using Attune.Data.Sources;

namespace Attune.Training.Running;

/// <summary>A prepared row as a question to a model.</summary>
/// <param name="Origin">File and line of the row.</param>
/// <param name="Text">What is asked: the last message of the user, or the start of a plain text.</param>
/// <param name="PromptIds">Token ids of what the model reads, at least one.</param>
/// <param name="Expected">The row's own answer.</param>
public sealed record AskedRow(RowOrigin Origin, string Text, int[] PromptIds, string Expected)
{
    private const int StartOfText = 16; // tokens of a plain text given as prompt

    /// <summary>Asks a row.</summary>
    /// <param name="run">The run whose row it is.</param>
    /// <param name="part">The row's part.</param>
    /// <param name="example">The row, of two tokens at least.</param>
    public static AskedRow Of(PreparedRun run, PreparedPart part, Example example)
    {
        var (tokens, labels) = (example.TokenIds, example.Labels);
        var answer = Array.FindIndex(labels, 1, label => label != Example.Ignored);
        var length = answer > 1 ? answer : Math.Min(StartOfText, tokens.Length - 1);
        int[] expected = [.. Enumerable.Range(length, tokens.Length - length).Where(i => labels[i] != Example.Ignored).Select(i => tokens[i])];
        var decoder = run.Model.Tokenizer;
        var prompt = tokens[..length];
        return new AskedRow(example.Origin, LastUserMessage(run, part, example) ?? decoder.Decode(prompt), prompt, decoder.Decode(expected));
    }

    private static string? LastUserMessage(PreparedRun run, PreparedPart part, Example example)
    {
        var row = run.Data.Sets.Parts.First(rows => rows.Name == part.Name).Rows.First(row => row.Origin == example.Origin);
        if (row.Content is not ChatContent chat) return null;
        var asked = chat.Messages.OfType<JsonObject>().LastOrDefault(message => (message["role"] as JsonValue)?.ToString() == "user");
        return (asked?["content"] as JsonValue)?.ToString();
    }
}
