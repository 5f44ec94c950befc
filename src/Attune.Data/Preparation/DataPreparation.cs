using Attune.Data.Formats;
using Attune.Data.Selection;
using Attune.Data.Sources;
using Attune.Text.Templates;

namespace Attune.Data.Preparation;

/// <summary>Prepares all rows of a run and gathers what preflight has to tell about them.</summary>
public static class DataPreparation
{
    /// <summary>Prepares every part.</summary>
    /// <param name="sets">The rows.</param>
    /// <param name="preparer">Tokenizer, template and settings.</param>
    /// <param name="badRows">What a row does that cannot be prepared.</param>
    /// <exception cref="AttuneException">A malformed row; chats without a template.</exception>
    public static PreparedData Prepare(DataSets sets, RowPreparer preparer, BadRows badRows)
    {
        if (NoAssistantMask(sets, preparer) is { } noMask)
            return new PreparedData(Empty("train"), null, null, sets, sets.BadRows, [noMask]);

        var bad = new BadRowLog(badRows);
        var signs = new SignCounts();
        var parts = sets.Parts.ToDictionary(part => part.Name, part => Prepare(part, preparer, bad, signs));
        BadRow[] malformed = [.. sets.BadRows, .. bad.Rows];
        var train = parts["train"];
        var findings = DataFindings.Of(sets, parts.Values, malformed)
            .Concat(signs.Findings())
            .Concat(TemplateTokens.Check(sets, preparer))
            .OrderByDescending(finding => finding.Stops);
        return new PreparedData(train, parts.GetValueOrDefault("validation"), parts.GetValueOrDefault("test"), sets, malformed, [.. findings]);
    }

    private static PreparedPart Prepare(DataPart part, RowPreparer preparer, BadRowLog bad, SignCounts signs)
    {
        var examples = new List<Example>(part.Rows.Count);
        var dropped = new List<BadRow>();
        foreach (var row in part.Rows)
        {
            PreparedRow prepared;
            try
            {
                prepared = preparer.Prepare(row);
            }
            catch (FormatException e)
            {
                bad.Report(row.Origin, e.Message);
                continue;
            }

            signs.Add(prepared.Signs, row);
            if (prepared.Example.LabelTokens > 0)
                examples.Add(prepared.Example);
            else
                dropped.Add(new BadRow(row.Origin.File, row.Origin.Line, WhyUnlabelled(prepared.Example)));
        }

        return new PreparedPart(part.Name, examples, dropped);
    }

    private static string WhyUnlabelled(Example example) =>
        example.IsTruncated ? $"no label is left after cutting {example.Length} tokens to {example.TokenIds.Length}"
        : example.Labels is [not Example.Ignored, ..] ? "its only label is that of the first token, which nothing predicts"
        : "no token carries a label";

    private static Finding? NoAssistantMask(DataSets sets, RowPreparer preparer)
    {
        if (preparer.Options.TrainOn != TrainOn.Assistant || preparer.Chat is not { Source: SpanSource.None } chat) return null;
        var chats = sets.Parts.SelectMany(part => part.Rows).Where(row => row.Content is ChatContent).ToList();
        return chats.Count == 0 ? null : new Finding(
            FindingNames.NoAssistantMask, Stops: true,
            $"The assistant's words cannot be told from the rest of a conversation: {chat.Explanation.TrimEnd('.')}.",
            "Put {% generation %} … {% endgeneration %} around them in the chat template, or say train_on: all.",
            chats.Count, chats[0].Origin);
    }

    private static PreparedPart Empty(string name) => new(name, [], []);
}
