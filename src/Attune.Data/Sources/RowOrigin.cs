namespace Attune.Data.Sources;

/// <summary>Where a row stands.</summary>
/// <param name="File">The file as it was named.</param>
/// <param name="Line">1-based line on which the row starts.</param>
public readonly record struct RowOrigin(string File, int Line)
{
    /// <summary><c>train.csv line 17</c>.</summary>
    public override string ToString() => $"{File} line {Line}";
}

/// <summary>A row that cannot be used, and why.</summary>
public sealed record BadRow(string File, int Line, string Reason);
