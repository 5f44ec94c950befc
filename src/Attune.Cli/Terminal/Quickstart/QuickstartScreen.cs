using Attune.Cli.Quickstart;
using Attune.Data.Preparation;
using Attune.Evaluation.Tasks;
using Spectre.Console;

namespace Attune.Cli.Terminal.Quickstart;

/// <summary>What <c>attune quickstart</c> says around the screens of training: its four stages, three answers, how to go on.</summary>
internal sealed class QuickstartScreen(IAnsiConsole console, TimeProvider clock)
{
    private const int BadRowsShown = 10;
    private static readonly string[] Stages = ["data", "base model", "training", "tuned model"];
    private readonly long _begin = clock.GetTimestamp();
    private readonly List<(string Name, TimeSpan Time, string What)> _done = [];
    private long _stage;

    /// <summary>Opens the next stage.</summary>
    /// <param name="what">What is going to be done, a sentence.</param>
    public void Begin(string what)
    {
        _stage = clock.GetTimestamp();
        if (_done.Count > 0) console.WriteLine();
        console.MarkupLineInterpolated($"[bold]{_done.Count + 1} of {Stages.Length}  {Stages[_done.Count]}[/]  {what}");
        console.WriteLine();
    }

    /// <summary>Closes the stage.</summary>
    /// <param name="what">What came of it, a sentence; told at the end.</param>
    public void Done(string what) => _done.Add((Stages[_done.Count], clock.GetElapsedTime(_stage), what));

    /// <summary>How the rows were understood, and which of them cannot be used.</summary>
    public void Rows(PreparedData data)
    {
        MappingScreen.Write(console, data.Sets.Mapping);
        foreach (var finding in data.Findings.Where(finding => finding.Name != FindingNames.BadRows)) FindingScreen.Write(console, finding);
        if (data.BadRows.Count == 0) return;
        console.MarkupLineInterpolated($"bad rows    {data.BadRows.Count}, left out:");
        foreach (var row in data.BadRows.Take(BadRowsShown)) console.MarkupLineInterpolated($"              {row.File} line {row.Line}: {row.Reason}");
        if (data.BadRows.Count > BadRowsShown) console.MarkupLineInterpolated($"              and {data.BadRows.Count - BadRowsShown} more, all listed in the run's data/manifest.json");
    }

    /// <summary>The rows that were answered before and after.</summary>
    public void Answers(IReadOnlyList<ExampleRow> rows, IReadOnlyList<string> before, IReadOnlyList<string> after, TestTask task)
    {
        console.WriteLine();
        console.MarkupLineInterpolated($"[bold]Answers[/]  to {rows.Count} of the {Units.Count(task.Rows)} {task.Part} rows, spread evenly, not chosen by what came out");
        for (var i = 0; i < rows.Count; i++)
        {
            console.WriteLine();
            console.Write(new Padder(new Markup($"{Markup.Escape(OneLine.Of(rows[i].Message))}  [grey]{Markup.Escape(rows[i].Origin)}[/]"), new Padding(2, 0, 0, 0)));
            console.Write(Columns(
                ["  expected", OneLine.Of(rows[i].Expected)], ["  before", Said(before[i])], ["  after", Said(after[i])]));
        }
    }

    /// <summary>What happened at each stage, and the commands to try next.</summary>
    public void End(IReadOnlyList<(string CommandLine, string What)> next)
    {
        console.WriteLine();
        console.MarkupLine("[bold]What happened[/]");
        console.Write(Columns(
            [.. _done.Select((stage, i) => (string[])[$"{i + 1} {stage.Name}", Units.Time(stage.Time), stage.What]), ["in all", Units.Time(clock.GetElapsedTime(_begin)), ""]]));
        console.WriteLine();
        console.MarkupLine("[bold]Try next[/]");
        foreach (var (commandLine, what) in next)
        {
            console.MarkupLineInterpolated($"  [grey]{what}[/]");
            console.Profile.Out.Writer.WriteLine($"    {commandLine}"); // folded by nobody, it can be copied
        }
    }

    // The last column is folded below itself.
    private static Grid Columns(params string[][] rows)
    {
        var grid = new Grid();
        for (var i = 0; i < rows[0].Length; i++)
        {
            var column = new GridColumn().PadLeft(2).PadRight(0);
            grid.AddColumn(i < rows[0].Length - 1 ? column.NoWrap() : column);
        }

        foreach (var row in rows) grid.AddRow([.. row.Select(Markup.Escape)]);
        return grid;
    }

    private static string Said(string answer) => string.IsNullOrWhiteSpace(answer) ? "(nothing)" : OneLine.Of(answer);
}
