using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Attune.Runs.Metrics;

/// <summary>
/// Appends to <c>metrics.jsonl</c>: one JSON object a line with <c>step</c>, <c>time</c> and the names of
/// <see cref="MetricNames"/>. Numbers that are not finite are texts (<see cref="JsonNumber"/>).
/// </summary>
public sealed class MetricsLog : IDisposable
{
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly FileStream _stream;
    private readonly TimeProvider _clock;

    private MetricsLog(FileStream stream, TimeProvider clock) => (_stream, _clock) = (stream, clock);

    /// <summary>Opens or makes the file; half a line at its end, left by a power cut, is cut off.</summary>
    /// <param name="path">The file.</param>
    /// <param name="clock">Gives the rows' time.</param>
    public static MetricsLog Open(string path, TimeProvider clock)
    {
        var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            stream.SetLength(EndOfLastLine(stream));
            stream.Seek(0, SeekOrigin.End);
            return new MetricsLog(stream, clock);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Writes a row and hands it to the operating system, where other processes see it.</summary>
    /// <param name="step">The optimizer step it belongs to.</param>
    /// <param name="values">Names and numbers, for example <see cref="MetricNames.Loss"/>.</param>
    public void Append(int step, params ReadOnlySpan<(string Name, double Value)> values)
    {
        var row = NewRow(step);
        foreach (var (name, value) in values) row[name] = JsonNumber.Of(value);
        Append(row);
    }

    /// <summary>Marks where a resumed run goes on: readers forget the rows of later steps written before.</summary>
    /// <param name="step">The last step that the checkpoint holds.</param>
    /// <param name="checkpoint">Its folder's name.</param>
    public void AppendResumed(int step, string checkpoint)
    {
        var row = NewRow(step);
        row[MetricNames.ResumedFrom] = checkpoint;
        Append(row);
    }

    /// <summary>Makes all rows so far survive a power cut; called before a checkpoint that builds on them.</summary>
    public void FlushToDisk() => _stream.Flush(flushToDisk: true);

    /// <summary>Closes the file, all rows on disk.</summary>
    public void Dispose()
    {
        if (_stream.CanWrite) FlushToDisk();
        _stream.Dispose();
    }

    private JsonObject NewRow(int step) => new()
    {
        [MetricNames.Step] = step,
        [MetricNames.Time] = _clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0,
    };

    private void Append(JsonObject row)
    {
        _stream.Write(System.Text.Encoding.UTF8.GetBytes(row.ToJsonString(OneLine) + "\n"));
        _stream.Flush();
    }

    private static long EndOfLastLine(FileStream stream)
    {
        var block = new byte[1 << 16];
        for (var end = stream.Length; end > 0;)
        {
            var start = Math.Max(0, end - block.Length);
            stream.Seek(start, SeekOrigin.Begin);
            var part = block.AsSpan(0, (int)(end - start));
            stream.ReadExactly(part);
            var newline = part.LastIndexOf((byte)'\n');
            if (newline >= 0) return start + newline + 1;
            end = start;
        }

        return 0;
    }
}
