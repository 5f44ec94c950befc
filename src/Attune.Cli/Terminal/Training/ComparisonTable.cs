using System.Globalization;
using Attune.Evaluation.Metrics;
using Attune.Evaluation.Tasks;
using Spectre.Console;

namespace Attune.Cli.Terminal.Training;

/// <summary>Before and after on the test rows, each figure with its 95 % interval.</summary>
internal static class ComparisonTable
{
    /// <summary>Writes the table.</summary>
    public static void Write(IAnsiConsole console, TestTask task, Comparison comparison)
    {
        var table = new Table().AddColumns($"{Units.Count(task.Rows)} {task.Part} rows", "base", "tuned", "difference");
        foreach (var (name, before, after, difference) in Rows(comparison))
            table.AddRow(name, before, after, difference);
        console.Write(table);
        console.MarkupLineInterpolated($"[grey]in parentheses: 95 % intervals; measured in {Units.Time(TimeSpan.FromSeconds(comparison.Base.Seconds + comparison.Tuned.Seconds))}[/]");
    }

    private static IEnumerable<(string Name, string Before, string After, string Difference)> Rows(Comparison comparison)
    {
        if (comparison is { Base: LabelMeasurement before, Tuned: LabelMeasurement after })
        {
            yield return ("accuracy", Percent(before.Accuracy), Percent(after.Accuracy), Points(comparison.Difference));
            yield return ("macro-F1", Number(before.MacroF1), Number(after.MacroF1), "");
        }
        else if (comparison is { Base: LossMeasurement first, Tuned: LossMeasurement second })
        {
            yield return ("loss", Number(first.Loss), Number(second.Loss), Number(comparison.Difference));
            yield return ("perplexity", Number(first.Perplexity), Number(second.Perplexity), "");
        }
    }

    private static string Percent(Estimate e) => Format(e, value => (100 * value).ToString("0.0", CultureInfo.InvariantCulture), " %");

    private static string Points(Estimate e) => Format(e, value => (100 * value).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture), " points");

    private static string Number(Estimate e) => Format(e, value => value.ToString("0.000", CultureInfo.InvariantCulture), "");

    // Parentheses: square brackets are markup.
    private static string Format(Estimate e, Func<double, string> text, string unit) => $"{text(e.Value)}{unit} ({text(e.Low)} … {text(e.High)})";
}
