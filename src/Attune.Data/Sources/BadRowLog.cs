namespace Attune.Data.Sources;

/// <summary>What happens to a malformed row: it stops the run, or is noted and left out (<c>data.bad_rows</c>).</summary>
/// <param name="mode">Which of the two.</param>
/// <param name="hint">What to do about a row that stops the run.</param>
public sealed class BadRowLog(BadRows mode, string hint = BadRowLog.UsualHint)
{
    private const string UsualHint = "Correct the row, or leave such rows out with data.bad_rows: skip (they are counted and listed).";

    private readonly List<BadRow> _rows = [];

    /// <summary>Every row left out, in reading order.</summary>
    public IReadOnlyList<BadRow> Rows => _rows;

    /// <summary>Notes the row.</summary>
    /// <exception cref="AttuneException"><see cref="BadRows.Stop"/>: file, line and reason.</exception>
    public void Report(RowOrigin origin, string reason)
    {
        if (mode == BadRows.Stop) throw new AttuneException(ExitCode.Data, $"{origin}: {reason}.", hint);
        _rows.Add(new BadRow(origin.File, origin.Line, reason));
    }
}
