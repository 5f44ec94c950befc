using System.Text.Json;
using System.Text.Json.Nodes;

namespace Attune.Runs.Metrics;

/// <summary>The numbers of a step.</summary>
/// <param name="Step">Optimizer step.</param>
/// <param name="Values">By name; of a step written again after a resume, the last.</param>
public sealed record MetricsRow(int Step, IReadOnlyDictionary<string, double> Values);

/// <summary>Reads <c>metrics.jsonl</c>, also while a run writes it.</summary>
public static class MetricsFile
{
    private const int LongestLine = 1 << 20;

    /// <summary>The steps in order. Half a line at the end is left out; a missing file has no rows.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Run"/> with the line of a damaged row.</exception>
    public static IReadOnlyList<MetricsRow> Read(string path)
    {
        var steps = new SortedDictionary<int, Dictionary<string, double>>();
        if (!File.Exists(path)) return [];
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 16);
        var number = 0;
        foreach (var line in Lines(stream, path))
        {
            number++;
            var row = Parse(line, path, number);
            var step = (int)JsonNumber.From(row[MetricNames.Step])!.Value;
            if (row.ContainsKey(MetricNames.ResumedFrom))
            {
                foreach (var later in steps.Keys.Where(key => key > step).ToList()) steps.Remove(later);
            }

            if (!steps.TryGetValue(step, out var values)) steps[step] = values = [];
            foreach (var (name, node) in row)
            {
                if (name != MetricNames.Step && JsonNumber.From(node) is { } value) values[name] = value;
            }
        }

        return [.. steps.Select(pair => new MetricsRow(pair.Key, pair.Value))];
    }

    private static JsonObject Parse(byte[] line, string path, int number)
    {
        try
        {
            if (JsonNode.Parse(line) is JsonObject row && JsonNumber.From(row[MetricNames.Step]) is >= 0 and <= int.MaxValue) return row;
            throw new JsonException("expected a JSON object with a step");
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            throw new AttuneException(ExitCode.Run, $"{path}:{number}: damaged: {exception.Message}", "Take the line out; the other rows are whole.", exception);
        }
    }

    /// <summary>Whole lines, without their line feed.</summary>
    private static IEnumerable<byte[]> Lines(Stream stream, string path)
    {
        var line = new List<byte>();
        for (int next; (next = stream.ReadByte()) >= 0;)
        {
            if (next == '\n')
            {
                yield return [.. line];
                line.Clear();
            }
            else
            {
                if (line.Count == LongestLine) throw new AttuneException(ExitCode.Run, $"{path} is damaged: a line is longer than {LongestLine:N0} bytes.");
                line.Add((byte)next);
            }
        }
    }
}
