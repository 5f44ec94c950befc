using System.Text.Json;
using System.Text.Json.Nodes;

namespace Attune.Data.Sources;

/// <summary>Reads .jsonl (one object a line) and .json (an array of objects, or one object a line).</summary>
public static class JsonRows
{
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    /// <summary>Rows of a file with one JSON object a line; empty lines are passed over.</summary>
    public static IReadOnlyList<SourceRow> ReadLines(string path, BadRowLog bad) => [.. Lines(path, bad)];

    /// <summary>The same, read as they are asked for.</summary>
    public static IEnumerable<SourceRow> Lines(string path, BadRowLog bad)
    {
        using var lines = new LineReader(path);
        while (lines.Read(out var line))
        {
            if (lines.Problem is { } problem)
                bad.Report(lines.Origin, problem);
            else if (!string.IsNullOrWhiteSpace(line) && Parse(line, lines.Origin, bad) is { } fields)
                yield return new SourceRow(lines.Origin, fields);
        }
    }

    /// <summary>Rows of a .json file: an array of objects; a file that starts with <c>{</c> is read line by line.</summary>
    public static IReadOnlyList<SourceRow> ReadArray(string path, BadRowLog bad)
    {
        var bytes = ReadAll(path);
        var start = bytes.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;
        var first = bytes.AsSpan(start).IndexOfAnyExcept(" \t\r\n"u8);
        if (first < 0) return [];
        if (bytes[start + first] == '{') return ReadLines(path, bad);

        var rows = new List<SourceRow>();
        var text = bytes.AsSpan(start);
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { AllowTrailingCommas = false, MaxDepth = 64 });
        var (line, counted) = (1, 0);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
                throw new AttuneException(ExitCode.Data, $"{path} line 1: expected an array of objects.");
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                var at = (int)reader.TokenStartIndex;
                line += text[counted..at].Count((byte)'\n');
                counted = at;
                var copy = reader;
                reader.Skip();
                var element = text[at..(int)reader.BytesConsumed];
                Add(rows, element, copy.TokenType, new RowOrigin(path, line), bad);
            }

            if (reader.Read())
                throw new AttuneException(ExitCode.Data, $"{path}: there is text after the closing bracket of the array.");
        }
        catch (JsonException e)
        {
            throw new AttuneException(ExitCode.Data, $"{path} line {e.LineNumber + 1}: not valid JSON: {Reason(e)}.", inner: e);
        }

        return rows;
    }

    private static void Add(List<SourceRow> rows, ReadOnlySpan<byte> element, JsonTokenType type, RowOrigin origin, BadRowLog bad)
    {
        if (type != JsonTokenType.StartObject)
        {
            bad.Report(origin, $"expected an object, found {Name(type)}");
            return;
        }

        if (Parse(element.ToArray(), origin, bad) is { } fields)
            rows.Add(new SourceRow(origin, fields));
    }

    private static JsonObject? Parse(string line, RowOrigin origin, BadRowLog bad) =>
        Parse(System.Text.Encoding.UTF8.GetBytes(line), origin, bad);

    private static JsonObject? Parse(byte[] text, RowOrigin origin, BadRowLog bad)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Options);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return (JsonObject)JsonValues.Copy(document.RootElement)!;
            bad.Report(origin, $"expected a JSON object, found {Name(document.RootElement.ValueKind)}");
        }
        catch (JsonException e)
        {
            bad.Report(origin, $"not valid JSON: {Reason(e)}");
        }
        catch (InvalidOperationException)
        {
            bad.Report(origin, "a string holds half a surrogate pair or bytes that are not UTF-8");
        }

        return null;
    }

    private static byte[] ReadAll(string path)
    {
        using var stream = DataFile.Open(path);
        using var all = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int n; (n = stream.Read(buffer)) > 0;)
        {
            if (all.Length + n > SourceLimits.JsonArrayBytes)
            {
                throw new AttuneException(
                    ExitCode.Data, $"{path} is larger than {SourceLimits.JsonArrayBytes} bytes.", "Write it as .jsonl, one object a line.");
            }

            all.Write(buffer.AsSpan(0, n));
        }

        return all.ToArray();
    }

    private static string Reason(JsonException e)
    {
        var text = e.Message;
        var cut = text.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (cut < 0 ? text : text[..cut]).TrimEnd('.');
    }

    private static string Name(JsonTokenType type) => type switch
    {
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.Null => "null",
        _ => "true or false",
    };

    private static string Name(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Array => "an array (a file that is one array ends in .json)",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };
}
