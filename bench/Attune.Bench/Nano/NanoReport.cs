using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Attune.Evaluation.Texts;

namespace Attune.Bench.Nano;

/// <summary>What a predictor reached on some documents.</summary>
/// <param name="Predictor">Its name.</param>
/// <param name="Text">The file, or a part of it.</param>
/// <param name="Figures">The figures.</param>
internal sealed record NanoFigures(string Predictor, string Text, TextMeasurement Figures);

/// <summary>Bits per byte of all predictors on all texts.</summary>
/// <param name="Machine">Where it was measured.</param>
/// <param name="Notes">What is to be known of each predictor.</param>
/// <param name="Rows">The figures.</param>
internal sealed record NanoReport(Machine Machine, IReadOnlyDictionary<string, string> Notes, IReadOnlyList<NanoFigures> Rows)
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public string Json() => JsonSerializer.Serialize(this, Options);

    /// <summary>A line a text, a column a predictor.</summary>
    public string Table()
    {
        var text = new StringBuilder().AppendLine(Machine.ToString()).AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{"bits per byte",-28}{"documents",10}{"bytes",11}{string.Concat(Notes.Keys.Select(name => $"{name,25}"))}");
        foreach (var line in Rows.GroupBy(row => row.Text))
        {
            var one = line.First().Figures;
            text.AppendLine(CultureInfo.InvariantCulture, $"{line.Key,-28}{one.Documents,10:N0}{one.Bytes,11:N0}{string.Concat(Notes.Keys.Select(name => $"{Cell(line.Single(row => row.Predictor == name).Figures),25}"))}");
        }

        foreach (var (name, note) in Notes) text.AppendLine().Append(CultureInfo.InvariantCulture, $"{name}: {note}");
        return text.AppendLine().Append("In parentheses: 95 % intervals over documents. Sources are those of valid.jsonl.gz, up to their colon; bytes are those of the first column's predictor.").ToString();
    }

    private static string Cell(TextMeasurement measured) => string.Create(
        CultureInfo.InvariantCulture, $"{measured.BitsPerByte:0.0000}{(measured.Interval is { } interval ? $" ({interval.Low:0.00}–{interval.High:0.00})" : "")}");
}
