using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Attune.Data.Formats;
using Attune.Data.Selection;
using Attune.Data.Sources;

namespace Attune.Data.Preparation;

/// <summary>Looks whether what a template writes as special tokens are tokens to the tokenizer.</summary>
internal static partial class TemplateTokens
{
    /// <summary>
    /// Findings about the run's first conversation, and about texts that cannot end. Things written like
    /// <c>&lt;|name|&gt;</c> or <c>&lt;start_of_turn&gt;</c> that come from the template (not from the messages) must be one token.
    /// </summary>
    public static IEnumerable<Finding> Check(DataSets sets, RowPreparer preparer)
    {
        var rows = sets.Train.Rows;
        if (rows.FirstOrDefault(row => row.Content is TextContent or PairContent) is { } text
            && (preparer.Options.EosToken is not { } eos || preparer.Tokenizer.TokenToId(eos) is null))
        {
            yield return new Finding(
                FindingNames.NoEosToken, Stops: true,
                preparer.Options.EosToken is { } named
                    ? $"The EOS token '{named}' is not in the vocabulary: texts would end with its letters, and the model would never learn to stop."
                    : "The tokenizer has no EOS token: the model would never learn where a text ends.",
                "Name a token of the vocabulary: data.eos_token.", First: text.Origin);
        }

        if (rows.FirstOrDefault(row => row.Content is ChatContent) is not { } chat || Missing(chat, preparer) is not { Count: > 0 } missing) yield break;
        yield return new Finding(
            FindingNames.UnknownTemplateTokens, Stops: true,
            $"The chat template writes {string.Join(", ", missing)}, which the tokenizer does not know as a token and takes to pieces: a model that was not trained with it has never seen it.",
            "Use the template that belongs to this model, or a model whose tokenizer has these tokens.", First: chat.Origin);
    }

    private static List<string> Missing(DataRow row, RowPreparer preparer)
    {
        var content = (ChatContent)row.Content;
        string text;
        try
        {
            text = preparer.Chat!.RenderForTraining(content.Messages, content.Tools).Text;
        }
        catch (AttuneException)
        {
            return []; // a row the template refuses was reported as malformed
        }

        var said = string.Join('\n', content.Messages.Select(Content));
        return [.. SpecialLooking().Matches(text).Select(match => match.Value).Distinct()
            .Where(token => preparer.Tokenizer.TokenToId(token) is null && !said.Contains(token))];
    }

    private static string? Content(JsonNode? message) => JsonValues.AsString(message?["content"]);

    [GeneratedRegex(@"<[|｜][^<>|｜\s]{1,40}[|｜]>|<(start|end)_of_[a-z]{1,20}>", RegexOptions.NonBacktracking)]
    private static partial Regex SpecialLooking();
}
