using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Runs.Checkpoints;
using Attune.Runs.Metrics;

namespace Attune.Runs.Listing;

/// <summary>What a run directory tells about its run.</summary>
public sealed record RunSummary
{
    /// <summary>The folder's own name.</summary>
    public required string Name { get; init; }

    /// <summary>The folder.</summary>
    public required string Path { get; init; }

    /// <summary>Which command made it.</summary>
    public RunKind Kind { get; init; }

    /// <summary>What becomes of it.</summary>
    public required RunState State { get; init; }

    /// <summary>Why it failed or cannot be read; null otherwise.</summary>
    public string? Problem { get; init; }

    /// <summary>The last optimizer step of its metrics; 0 before the first.</summary>
    public int Step { get; init; }

    /// <summary>The last training loss, nats.</summary>
    public double? Loss { get; init; }

    /// <summary>The lowest validation loss, nats; null before the first validation.</summary>
    public double? BestEvalLoss { get; init; }

    /// <summary>The step of <see cref="BestEvalLoss"/>.</summary>
    public int? BestStep { get; init; }

    /// <summary>Names of its checkpoints, oldest first.</summary>
    public IReadOnlyList<string> Checkpoints { get; init; } = [];

    /// <summary>The numbers of <c>evaluation/metrics.json</c>; null before the evaluation.</summary>
    public JsonObject? Evaluation { get; init; }

    /// <summary>Reads one run.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Run"/>: missing, or no run directory. Damage inside is told in <see cref="Problem"/>.</exception>
    public static RunSummary Of(string path)
    {
        var run = RunDirectory.Open(path);
        try
        {
            return Read(run);
        }
        catch (AttuneException damage) when (damage.Code == ExitCode.Run)
        {
            return new RunSummary { Name = run.Name, Path = path, State = RunState.Damaged, Problem = damage.Message };
        }
    }

    /// <summary>The runs of a folder by name, which begins with their date; other folders in it are passed over.</summary>
    public static IReadOnlyList<RunSummary> AllIn(string output)
    {
        if (!Directory.Exists(output)) return [];
        return
        [
            .. from folder in Directory.EnumerateDirectories(output).Order(StringComparer.Ordinal)
               where !System.IO.Path.GetFileName(folder).StartsWith('.') && File.Exists(System.IO.Path.Combine(folder, "recipe.yaml"))
               select Of(folder),
        ];
    }

    private static RunSummary Read(RunDirectory run)
    {
        var rows = MetricsFile.Read(run.MetricsPath);
        var best = rows.Where(row => row.Values.ContainsKey(MetricNames.EvalLoss) && !double.IsNaN(row.Values[MetricNames.EvalLoss]))
            .MinBy(row => row.Values[MetricNames.EvalLoss]);
        var plan = File.Exists(run.PlanPath) ? JsonFile.Read(run.PlanPath) : [];
        var evaluation = System.IO.Path.Combine(run.EvaluationPath, "metrics.json");
        return new RunSummary
        {
            Name = run.Name,
            Path = run.Path,
            Kind = run.Kind,
            State = RunLock.IsHeld(run.Path) ? RunState.Running : Text(plan["ended"]) switch
            {
                "finished" => RunState.Finished,
                "failed" => RunState.Failed,
                _ => RunState.Interrupted,
            },
            Problem = Text(plan["error"]),
            Step = rows.Count == 0 ? 0 : rows[^1].Step,
            Loss = rows.LastOrDefault(row => row.Values.ContainsKey(MetricNames.Loss))?.Values[MetricNames.Loss],
            BestEvalLoss = best?.Values[MetricNames.EvalLoss],
            BestStep = best?.Step,
            Checkpoints = [.. CheckpointReader.All(run).Select(checkpoint => checkpoint.Name)],
            Evaluation = File.Exists(evaluation) ? JsonFile.Read(evaluation) : null,
        };
    }

    private static string? Text(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;
}

/// <summary>What becomes of a run.</summary>
public enum RunState
{
    /// <summary>A living process holds its lock.</summary>
    Running,

    /// <summary>All steps, or stopped early by its own rule.</summary>
    Finished,

    /// <summary>Stopped by the user, or its process died; it can be resumed.</summary>
    Interrupted,

    /// <summary>Ended by an error.</summary>
    Failed,

    /// <summary>Its files cannot be read.</summary>
    Damaged,
}
