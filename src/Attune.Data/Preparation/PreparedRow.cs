namespace Attune.Data.Preparation;

/// <summary>A row after preparation, with what looked wrong in it.</summary>
public sealed record PreparedRow(Example Example, RowSigns Signs);

/// <summary>Signs of a run that would silently fail.</summary>
[Flags]
public enum RowSigns
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The assistant's turn ends, and no label teaches the model to end it.</summary>
    EndOfTurnUnlabelled = 1,

    /// <summary>The labels of a token row stop just before the EOS or padding token.</summary>
    EosMasked = 2,

    /// <summary>The row starts with the beginning-of-text token twice.</summary>
    DoubleBos = 4,

    /// <summary>The conversation calls a tool that the template leaves out.</summary>
    ToolCallsLost = 8,
}
