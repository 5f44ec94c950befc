using System.Globalization;
using System.Text.Json.Nodes;
using Attune.Evaluation.Texts;
using Attune.Runs;
using Spectre.Console;
using static TorchSharp.torch;

namespace Attune.Cli.Terminal;

/// <summary>What a model reached on a file.</summary>
/// <param name="File">The file.</param>
/// <param name="Measured">The figures.</param>
/// <param name="Seconds">Time the losses took.</param>
internal sealed record TextFigures(string File, TextMeasurement Measured, double Seconds);

/// <summary>How well a model predicts texts, as a table or as JSON.</summary>
/// <param name="Model">Where it was loaded from.</param>
/// <param name="Type">Compute type.</param>
/// <param name="Context">Tokens of a window at most.</param>
/// <param name="StartToken">What is read before each document; null: nothing, and its first token is not scored.</param>
/// <param name="Files">The figures of each file.</param>
internal sealed record TextReport(string Model, ScalarType Type, int Context, string? StartToken, IReadOnlyList<TextFigures> Files)
{
    private string TypeName => Type == ScalarType.BFloat16 ? "bfloat16" : "float32";

    /// <summary>Writes the table, and beneath it how it was measured.</summary>
    public void Write(IAnsiConsole console)
    {
        var table = new Table().AddColumns("text", "documents", "tokens", "bytes", "bits per byte", "perplexity", "tokens/s");
        foreach (var column in table.Columns.Skip(1)) column.RightAligned();
        foreach (var (file, measured, seconds) in Files)
        {
            table.AddRow(
                Markup.Escape(file), Units.Count(measured.Documents), Units.Count(measured.Tokens), Units.Count(measured.Bytes),
                BitsPerByte(measured), Number(measured.Perplexity, "0.00"), Units.Count((long)(measured.Tokens / seconds)));
        }

        console.Write(table);
        console.MarkupLineInterpolated($"[grey]{First()}; a token sees up to {Units.Count(Context - 1)} tokens before it; computed in {TypeName}[/]");
        if (Files.Any(file => file.Measured.Interval is not null)) console.MarkupLine("[grey]in parentheses: 95 % intervals over documents; perplexity is per token, not comparable between tokenizers[/]");
        else console.MarkupLine("[grey]perplexity is per token, not comparable between tokenizers[/]");
    }

    /// <summary>The same for programs.</summary>
    public JsonObject ToJson() => new()
    {
        ["model"] = Model,
        ["compute_type"] = TypeName,
        ["context"] = Context,
        ["start_token"] = StartToken,
        ["first_token_scored"] = StartToken is not null,
        ["texts"] = new JsonArray([.. Files.Select(file => (JsonNode)Json(file))]),
    };

    private static JsonObject Json(TextFigures file) => new()
    {
        ["file"] = file.File,
        ["documents"] = file.Measured.Documents,
        ["tokens"] = file.Measured.Tokens,
        ["bytes"] = file.Measured.Bytes,
        ["bits_per_byte"] = JsonNumber.Of(file.Measured.BitsPerByte),
        ["low"] = file.Measured.Interval is { } low ? JsonNumber.Of(low.Low) : null,
        ["high"] = file.Measured.Interval is { } high ? JsonNumber.Of(high.High) : null,
        ["perplexity"] = JsonNumber.Of(file.Measured.Perplexity),
        ["seconds"] = Math.Round(file.Seconds, 3),
        ["tokens_per_second"] = Math.Round(file.Measured.Tokens / file.Seconds),
    };

    private string First() => StartToken is null
        ? "the tokenizer puts nothing before a text, so the first token of a document is not scored"
        : $"every token is scored: {StartToken} stands before each document";

    // Parentheses: square brackets are markup.
    private static string BitsPerByte(TextMeasurement measured) => Number(measured.BitsPerByte, "0.0000")
        + (measured.Interval is { } interval ? $" ({Number(interval.Low, "0.000")} … {Number(interval.High, "0.000")})" : "");

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
