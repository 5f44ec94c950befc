using Attune.Data.Sources;

namespace Attune.Data.Preparation;

/// <summary>Something about the prepared rows that a user should know before the first step.</summary>
/// <param name="Name">One of <see cref="FindingNames"/>; what <c>--allow</c> takes.</param>
/// <param name="Stops">Whether preflight stops the run, unless it is allowed.</param>
/// <param name="What">What was found and what it means.</param>
/// <param name="Change">What to change.</param>
/// <param name="Rows">How many rows it concerns; 0 where it concerns the whole run.</param>
/// <param name="First">The first of them.</param>
public sealed record Finding(string Name, bool Stops, string What, string Change, int Rows = 0, RowOrigin? First = null);

/// <summary>The names of findings about data.</summary>
public static class FindingNames
{
    /// <summary>The assistant's words cannot be told from the rest.</summary>
    public const string NoAssistantMask = "no_assistant_mask";

    /// <summary>No label ends the assistant's turn.</summary>
    public const string EndOfTurnNotLearned = "end_of_turn_not_learned";

    /// <summary>Labels stop before EOS, as masking by a padding token equal to it does.</summary>
    public const string EosMasked = "eos_masked";

    /// <summary>BOS stands twice at the start.</summary>
    public const string DoubleBos = "double_bos";

    /// <summary>The template writes tokens that the vocabulary lacks.</summary>
    public const string UnknownTemplateTokens = "unknown_template_tokens";

    /// <summary>Texts and completions end without a token that says so.</summary>
    public const string NoEosToken = "no_eos_token";

    /// <summary>The template leaves out tool calls.</summary>
    public const string ToolCallsLost = "tool_calls_lost";

    /// <summary>No row of a part carries a label.</summary>
    public const string NoLabelLeft = "no_label_left";

    /// <summary>Some rows carry no label and were dropped.</summary>
    public const string RowsWithoutLabel = "rows_without_label";

    /// <summary>Some rows were cut to the maximum sequence length.</summary>
    public const string TruncatedRows = "truncated_rows";

    /// <summary>Malformed rows were left out.</summary>
    public const string BadRows = "bad_rows";

    /// <summary>Training rows are met again in another part.</summary>
    public const string LeakedRows = "leaked_rows";

    /// <summary>Labels of test or validation rows that no training row has.</summary>
    public const string UnseenLabels = "unseen_labels";
}
