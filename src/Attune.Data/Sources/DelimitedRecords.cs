using System.Text;

namespace Attune.Data.Sources;

/// <summary>
/// Splits CSV and TSV into records. With quoting, fields follow RFC 4180 (quotation marks around a field, doubled
/// inside, line breaks allowed); without it, a line is a record and quotation marks are text.
/// </summary>
public sealed class DelimitedRecords(string path, char delimiter, bool quoting, BadRowLog bad)
{
    private readonly List<string> _fields = [];
    private readonly StringBuilder _field = new();

    /// <summary>The records in file order; empty lines are passed over, malformed ones reported.</summary>
    public IEnumerable<(RowOrigin Origin, string[] Fields)> Read()
    {
        using var lines = new LineReader(path);
        while (lines.Read(out var line))
        {
            var origin = lines.Origin;
            if (lines.Problem is { } problem)
                bad.Report(origin, problem);
            else if (line.AsSpan().Trim("\r").Length == 0)
                continue;
            else if (quoting && line.Contains('"'))
            {
                if (Quoted(lines, line) is { } reason)
                    bad.Report(origin, reason);
                else
                    yield return (origin, _fields.ToArray());
            }
            else
            {
                yield return (origin, line.TrimEnd('\r').Split(delimiter));
            }
        }
    }

    /// <summary>Fills the fields from this line and, inside quotation marks, the following ones. Returns what is wrong, or null.</summary>
    private string? Quoted(LineReader lines, string line)
    {
        _fields.Clear();
        _field.Clear();
        var (at, size) = (0, line.Length);
        while (true)
        {
            if (at < line.Length && line[at] == '"')
            {
                at++;
                while (true)
                {
                    var close = line.IndexOf('"', at);
                    if (close >= 0)
                    {
                        _field.Append(line, at, close - at);
                        at = close + 1;
                        if (at >= line.Length || line[at] != '"') break;
                        _field.Append('"');
                        at++;
                        continue;
                    }

                    _field.Append(line, at, line.Length - at).Append('\n');
                    var opened = lines.LineNumber;
                    if (!lines.Read(out line))
                        return $"a quotation mark is opened and never closed (read on to line {opened}); where quotation marks are plain text say data.quoting: false";
                    if (lines.Problem is { } problem) return $"line {lines.LineNumber} of the record: {problem}";
                    size += line.Length + 1;
                    if (size > SourceLimits.LineBytes) return $"the record is longer than {SourceLimits.LineBytes} characters";
                    at = 0;
                }

                if (at < line.Length && line[at] != delimiter && line.AsSpan(at).Trim("\r").Length > 0)
                    return $"text after the closing quotation mark of field {_fields.Count + 1}; where quotation marks are plain text say data.quoting: false";
            }
            else
            {
                var end = line.IndexOf(delimiter, at);
                var part = end < 0 ? line.AsSpan(at).TrimEnd('\r') : line.AsSpan(at, end - at);
                if (part.Contains('"'))
                    return $"a quotation mark inside field {_fields.Count + 1}, which does not start with one; where quotation marks are plain text say data.quoting: false";
                _field.Append(part);
                at = end < 0 ? line.Length : end;
            }

            _fields.Add(_field.ToString());
            _field.Clear();
            if (at >= line.Length || line[at] != delimiter) return null;
            at++;
        }
    }
}
