using System.Text.Json.Nodes;
using Attune.Data.Formats;

namespace Attune.Data.Preparation;

/// <summary>A row of a label task with every label as its answer, for scoring.</summary>
public static class LabelCandidates
{
    /// <summary>One example a label, in the order of the labels, made exactly as a training row is; nothing is cut.</summary>
    /// <param name="row">A row of a label task: a chat whose last message is the answer.</param>
    /// <param name="labels">The task's labels.</param>
    /// <param name="preparer">What prepares the training rows.</param>
    /// <exception cref="FormatException">The template refuses the row.</exception>
    public static IReadOnlyList<Example> Of(DataRow row, IReadOnlyList<string> labels, RowPreparer preparer)
    {
        var whole = new RowPreparer(
            preparer.Tokenizer, preparer.Chat, preparer.Options with { MaxSequenceLength = null, TrainOn = TrainOn.Assistant });
        return [.. labels.Select(label => whole.Prepare(WithAnswer(row, label)).Example)];
    }

    private static DataRow WithAnswer(DataRow row, string label)
    {
        var content = (ChatContent)row.Content;
        var messages = (JsonArray)content.Messages.DeepClone();
        messages[^1]!["content"] = label;
        return row with { Content = content with { Messages = messages }, Label = label };
    }
}
