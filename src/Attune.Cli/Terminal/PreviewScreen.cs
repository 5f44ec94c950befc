using System.Text;
using Attune.Data.Preview;
using Spectre.Console;

namespace Attune.Cli.Terminal;

/// <summary>Rows as the model sees them: which column is what, tokens with the label mask in colour, lengths, findings.</summary>
internal static class PreviewScreen
{
    private const int BarWidth = 30;

    /// <summary>Writes the preview.</summary>
    public static void Write(IAnsiConsole console, DataPreview preview)
    {
        MappingScreen.Write(console, preview.Mapping);
        console.MarkupLineInterpolated($"labels      {preview.SpanExplanation}");
        foreach (var part in preview.Parts) Write(console, part);
        foreach (var overlap in preview.Overlaps) console.MarkupLineInterpolated($"[yellow]duplicates[/]  {overlap.Rows} {overlap.Part} rows stand in {overlap.AlsoIn} too, for example {overlap.Examples[0].Row} and {overlap.Examples[0].Earlier}");
        foreach (var finding in preview.Findings) FindingScreen.Write(console, finding);
        console.WriteLine();
        var colours = console.Profile.Capabilities.ColorSystem != ColorSystem.NoColors;
        console.MarkupLine(colours
            ? "Tokens that carry loss are [black on green]marked[/]; the others are only read."
            : "Tokens that carry loss stand in «»; the others are only read.");
        foreach (var row in preview.Rows) Write(console, row, colours);
    }

    private static void Write(IAnsiConsole console, PreviewPart part)
    {
        console.WriteLine();
        console.MarkupLineInterpolated(
            $"[bold]{part.Name}[/]  {Units.Count(part.Examples)} examples, {Units.Count(part.Tokens)} tokens, {Units.Count(part.LabelTokens)} of them labels; {part.Truncated} cut, {part.Dropped} dropped");
        if (part.LabelCounts.Count > 0)
            console.MarkupLineInterpolated($"  {string.Join(", ", part.LabelCounts.Select(label => $"{label.Key} {label.Value}"))}");
        if (part.Lengths is not { } lengths) return;
        console.MarkupLineInterpolated(
            $"  tokens a row: {lengths.Minimum} to {lengths.Maximum}, median {lengths.Median}, 90 % up to {lengths.P90}, 99 % up to {lengths.P99}");
        var most = lengths.Histogram.Max(bin => bin.Count);
        foreach (var bin in lengths.Histogram)
        {
            var bar = new string('█', (int)Math.Ceiling((double)bin.Count * BarWidth / most));
            console.MarkupLineInterpolated($"  {bin.From,5}–{bin.To,-5} {bar}{(bin.Count == 0 ? "" : " ")}{bin.Count}");
        }
    }

    private static void Write(IAnsiConsole console, PreviewRow row, bool colours)
    {
        console.WriteLine();
        console.MarkupLineInterpolated($"[bold]{row.Example.Origin}[/]  {row.Tokens.Count} tokens, {row.Example.LabelTokens} labels");
        var line = new StringBuilder();
        foreach (var run in Runs(row.Tokens))
        {
            var text = Markup.Escape(run.Text);
            if (!run.IsLabel) line.Append(text);
            else if (colours) line.Append("[black on green]").Append(text).Append("[/]");
            else line.Append('«').Append(text).Append('»');
        }

        console.MarkupLine(line.ToString().TrimEnd('\n')); // a blank line follows anyway
    }

    /// <summary>Neighbouring tokens of one kind as one text.</summary>
    private static IEnumerable<(string Text, bool IsLabel)> Runs(IReadOnlyList<PreviewToken> tokens)
    {
        for (var start = 0; start < tokens.Count;)
        {
            var end = start;
            while (end < tokens.Count && tokens[end].IsLabel == tokens[start].IsLabel) end++;
            yield return (string.Concat(tokens.Skip(start).Take(end - start).Select(token => token.Text)), tokens[start].IsLabel);
            start = end;
        }
    }
}
