using System.Text;

namespace Attune.Data.Sources;

/// <summary>
/// Lines of a file in strict UTF-8 (a byte order mark is taken off). A line that is too long or holds invalid bytes
/// comes with the reason instead of a text, and reading goes on after it.
/// </summary>
public sealed class LineReader(string path) : IDisposable
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    private readonly Stream _stream = DataFile.Open(path);
    private readonly byte[] _buffer = new byte[1 << 16];
    private readonly MemoryStream _line = new();
    private int _at, _end;

    /// <summary>1-based number of the line last read.</summary>
    public int LineNumber { get; private set; }

    /// <summary>File and line of the line last read.</summary>
    public RowOrigin Origin => new(path, LineNumber);

    /// <summary>Why the line last read has no text, or null.</summary>
    public string? Problem { get; private set; }

    /// <summary>Reads the next line into <paramref name="line"/>, without its line feed; a carriage return before it stays.</summary>
    /// <returns>False at the end of the file.</returns>
    public bool Read(out string line)
    {
        line = "";
        Problem = null;
        _line.SetLength(0);
        var (any, tooLong) = (false, false);
        while (_at < _end || Fill())
        {
            any = true;
            var rest = _buffer.AsSpan(_at, _end - _at);
            var feed = rest.IndexOf((byte)'\n');
            var part = feed < 0 ? rest : rest[..feed];
            tooLong |= _line.Length + part.Length > SourceLimits.LineBytes;
            if (!tooLong) _line.Write(part);
            _at += feed < 0 ? part.Length : feed + 1;
            if (feed >= 0) break;
        }

        if (!any) return false;
        LineNumber++;
        if (tooLong)
            Problem = $"the line is longer than {SourceLimits.LineBytes} bytes";
        else
            line = Decode(_line.GetBuffer().AsSpan(0, (int)_line.Length));
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        _line.Dispose();
    }

    private string Decode(ReadOnlySpan<byte> bytes)
    {
        if (LineNumber == 1 && bytes.StartsWith("\uFEFF"u8)) bytes = bytes[3..];
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            Problem = $"byte {e.Index + 1} of the line is not valid UTF-8";
            return "";
        }
    }

    private bool Fill()
    {
        _at = 0;
        _end = _stream.Read(_buffer);
        return _end > 0;
    }
}
