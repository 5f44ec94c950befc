using Attune.Data.Formats;
using Attune.Data.Sources;

namespace Attune.Data.Preparation;

/// <summary>Counts the signs of all rows and puts them into words.</summary>
internal sealed class SignCounts
{
    private readonly Dictionary<RowSigns, (int Rows, RowOrigin First)> _counts = [];

    /// <summary>Notes the signs of a row.</summary>
    public void Add(RowSigns signs, DataRow row)
    {
        if (signs == RowSigns.None) return;
        foreach (var sign in Enum.GetValues<RowSigns>())
        {
            if (sign == RowSigns.None || !signs.HasFlag(sign)) continue;
            _counts[sign] = _counts.TryGetValue(sign, out var known) ? (known.Rows + 1, known.First) : (1, row.Origin);
        }
    }

    /// <summary>A finding for every sign met.</summary>
    public IEnumerable<Finding> Findings() => _counts.Select(pair =>
    {
        var (rows, first) = pair.Value;
        var (name, what, change) = Words(pair.Key);
        return new Finding(name, Stops: true, what, change, rows, first);
    });

    private static (string Name, string What, string Change) Words(RowSigns sign) => sign switch
    {
        RowSigns.EndOfTurnUnlabelled => (
            FindingNames.EndOfTurnNotLearned,
            "The assistant's turn ends without a label on a token that ends it: the model would never learn to stop.",
            "Close {% endgeneration %} after the end-of-turn token in the chat template, and see that this token is a special token of the tokenizer."),
        RowSigns.EosMasked => (
            FindingNames.EosMasked,
            "The labels stop just before the EOS token, as masking by a padding token equal to EOS leaves them: the model would never learn to stop.",
            "Give the EOS its label in the rows, or give text instead of token ids."),
        RowSigns.DoubleBos => (
            FindingNames.DoubleBos,
            "Rows start with the beginning-of-text token twice, which the model has never seen.",
            "Take it out of the rows or of the chat template: one of them writes it besides the other."),
        RowSigns.ToolCallsLost => (
            FindingNames.ToolCallsLost,
            "The chat template leaves out the tool calls of these rows: the model would learn to say nothing in their place.",
            "Use a chat template that writes tool_calls, or rows whose calls stand in the content."),
        _ => throw new InvalidOperationException(sign.ToString()),
    };
}
