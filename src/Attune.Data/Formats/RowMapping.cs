namespace Attune.Data.Formats;

/// <summary>How the columns of a source were understood; printed before a run and in the preview.</summary>
/// <param name="Format">What a row is.</param>
/// <param name="Why">What decided the format.</param>
/// <param name="Columns">Each role and the column it is read from.</param>
/// <param name="Unused">Columns that no role reads.</param>
/// <param name="Notes">What else was detected: header, quoting, alternatives.</param>
public sealed record RowMapping(
    RowFormat Format,
    string Why,
    IReadOnlyList<MappedColumn> Columns,
    IReadOnlyList<string> Unused,
    IReadOnlyList<string> Notes)
{
    /// <summary>The column of a role, or null.</summary>
    public string? Column(string role) => Columns.FirstOrDefault(column => column.Role == role)?.Column;
}

/// <summary>A role, its column, and what decided it.</summary>
public sealed record MappedColumn(string Role, string Column, string Why);
