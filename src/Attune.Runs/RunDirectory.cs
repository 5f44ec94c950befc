using System.Text;
using System.Text.Json.Nodes;

namespace Attune.Runs;

/// <summary>
/// Everything a run reads and writes (docs/architecture.md): <c>recipe.yaml</c>, <c>plan.json</c>,
/// <c>metrics.jsonl</c>, <c>checkpoints/</c> with <c>best.json</c> and <c>last.json</c>, <c>data/</c>, <c>evaluation/</c>.
/// </summary>
public sealed class RunDirectory
{
    /// <summary>The file that makes a folder a run directory.</summary>
    public const string RecipeFile = "recipe.yaml";

    private RunDirectory(string path) => Path = path;

    /// <summary>The folder, as given.</summary>
    public string Path { get; }

    /// <summary>The folder's own name.</summary>
    public string Name => System.IO.Path.GetFileName(System.IO.Path.GetFullPath(Path).TrimEnd(System.IO.Path.DirectorySeparatorChar));

    /// <summary>The resolved recipe.</summary>
    public string RecipePath => System.IO.Path.Combine(Path, RecipeFile);

    /// <summary>Which command made it: a pretraining recipe has an architecture.</summary>
    public RunKind Kind => File.ReadLines(RecipePath).Any(line => line.StartsWith("architecture:", StringComparison.Ordinal)) ? RunKind.Pretraining : RunKind.Tuning;

    /// <summary>Estimates, and at the end the actual numbers and how the run ended.</summary>
    public string PlanPath => System.IO.Path.Combine(Path, "plan.json");

    /// <summary>One JSON object a line: <see cref="Metrics.MetricsLog"/>.</summary>
    public string MetricsPath => System.IO.Path.Combine(Path, "metrics.jsonl");

    /// <summary>The folder of what the rows came to.</summary>
    public string DataPath => System.IO.Path.Combine(Path, "data");

    /// <summary>The folder of the metrics on the test rows.</summary>
    public string EvaluationPath => System.IO.Path.Combine(Path, "evaluation");

    /// <summary>
    /// Makes <c>output/2026-11-23-1432-name</c>, with <c>-2</c>, <c>-3</c> … behind it where that is taken. It appears
    /// under its name with its recipe in it, or not at all.
    /// </summary>
    /// <param name="output">Folder of the runs; made where it is missing.</param>
    /// <param name="name">The recipe's name; what does not fit a file name becomes a hyphen.</param>
    /// <param name="recipe">Text of <c>recipe.yaml</c>.</param>
    /// <param name="clock">Gives the local time in the name.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Environment"/>: no permission, disk full, a file in the way.</exception>
    public static RunDirectory Create(string output, string name, string recipe, TimeProvider clock)
    {
        var stem = $"{clock.GetLocalNow():yyyy-MM-dd-HHmm}-{Slug(name)}";
        var temporary = System.IO.Path.Combine(output, $".{stem}.{Guid.NewGuid():N}.tmp");
        try
        {
            Directory.CreateDirectory(temporary);
            AtomicFile.WriteText(System.IO.Path.Combine(temporary, RecipeFile), recipe);
            for (var number = 1; ; number++)
            {
                var path = System.IO.Path.Combine(output, number == 1 ? stem : $"{stem}-{number}");
                if (!TryRename(temporary, path)) continue;
                DurableFolder.Flush(output);
                return new RunDirectory(path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
            throw new AttuneException(ExitCode.Environment, $"No run directory can be made in {output}: {exception.Message}",
                "Name a folder this user may write to with 'output:' or --set output=FOLDER.", exception);
        }
    }

    /// <summary>Opens a run.</summary>
    /// <param name="path">Its folder.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Run"/>: missing, or not a run directory.</exception>
    public static RunDirectory Open(string path)
    {
        var run = new RunDirectory(path);
        if (File.Exists(run.RecipePath)) return run;
        if (File.Exists(path)) throw new AttuneException(ExitCode.Run, $"{path} is a file; expected a run directory.");
        if (Directory.Exists(path))
            throw new AttuneException(ExitCode.Run, $"{path} is not a run directory, or it is damaged: it holds no recipe.yaml.", "List the runs with: attune run list");
        var parent = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path).TrimEnd(System.IO.Path.DirectorySeparatorChar));
        var others = Directory.Exists(parent) ? Directory.EnumerateDirectories(parent).Select(other => System.IO.Path.GetFileName(other)) : [];
        var nearest = NearestName.Of(run.Name, others);
        throw new AttuneException(ExitCode.Run, $"There is no run {path}{(nearest is null ? "." : $"; did you mean {nearest}?")}", "List the runs with: attune run list");
    }

    /// <summary>Writes <c>plan.json</c> at the start of a run, or of its resumption.</summary>
    public void WritePlan(JsonObject plan) => JsonFile.Write(PlanPath, plan);

    /// <summary>Adds to <c>plan.json</c> how the run ended (<c>ended</c>, and <c>error</c>) and the actual numbers (<c>actual</c>).</summary>
    /// <param name="end">What <see cref="Listing.RunSummary"/> shows as the run's state.</param>
    /// <param name="actual">Numbers by the names of the estimates.</param>
    /// <param name="error">The message that ended it; null without.</param>
    public void WriteEnd(RunEnd end, JsonObject actual, string? error = null)
    {
        var plan = File.Exists(PlanPath) ? JsonFile.Read(PlanPath) : [];
        plan["ended"] = end.ToString().ToLowerInvariant();
        plan["error"] = error;
        plan["actual"] = actual;
        JsonFile.Write(PlanPath, plan);
    }

    /// <summary>Writes <c>evaluation/metrics.json</c>.</summary>
    public void WriteEvaluation(JsonObject metrics)
    {
        Directory.CreateDirectory(EvaluationPath);
        JsonFile.Write(System.IO.Path.Combine(EvaluationPath, "metrics.json"), metrics);
    }

    /// <summary>rename(2) of a folder that is not empty onto one that is not empty fails: a name is taken once.</summary>
    private static bool TryRename(string temporary, string path)
    {
        try
        {
            Directory.Move(temporary, path);
            return true;
        }
        catch (IOException) when (Directory.Exists(path) || File.Exists(path))
        {
            return false;
        }
    }

    private static string Slug(string name)
    {
        const int longest = 48;
        var slug = new StringBuilder();
        foreach (var c in name.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(c)) slug.Append(c);
            else if (slug.Length > 0 && slug[^1] != '-') slug.Append('-');
            if (slug.Length == longest) break;
        }

        var text = slug.ToString().TrimEnd('-');
        return text.Length == 0 ? "run" : text;
    }
}

/// <summary>How a run ended.</summary>
public enum RunEnd
{
    /// <summary>All steps, or stopped early by its own rule.</summary>
    Finished,

    /// <summary>By the user; it can be resumed.</summary>
    Interrupted,

    /// <summary>By an error.</summary>
    Failed,
}
