namespace Attune.Data.Sources;

/// <summary>What happens to a malformed row: it stops the run, or is noted and left out (<c>data.bad_rows</c>).</summary>
public sealed class BadRowLog(BadRows mode)
{
    private readonly List<BadRow> _rows = [];

    /// <summary>Every row left out, in reading order.</summary>
    public IReadOnlyList<BadRow> Rows => _rows;

    /// <summary>Notes the row.</summary>
    /// <exception cref="AttuneException"><see cref="BadRows.Stop"/>: file, line and reason.</exception>
    public void Report(RowOrigin origin, string reason)
    {
        if (mode == BadRows.Stop)
        {
            throw new AttuneException(
                ExitCode.Data, $"{origin}: {reason}.", "Correct the row, or leave such rows out with data.bad_rows: skip (they are counted and listed).");
        }

        _rows.Add(new BadRow(origin.File, origin.Line, reason));
    }
}
