using Attune.Data.Preparation;
using Spectre.Console;

namespace Attune.Cli.Terminal;

/// <summary>What preflight has to tell.</summary>
internal static class FindingScreen
{
    /// <summary>Writes one finding: what, where, what to change.</summary>
    public static void Write(IAnsiConsole console, Finding finding)
    {
        var rows = finding.Rows > 0 ? $" ({Units.Count(finding.Rows)} rows, the first {finding.First})" : "";
        var mark = finding.Stops ? "[red]stops[/]" : "[yellow]note[/] ";
        console.Markup(mark);
        console.MarkupLineInterpolated($"       {finding.Name}: {finding.What}{rows}");
        console.MarkupLineInterpolated($"            {finding.Change}");
    }
}
