using System.Text.Json;
using System.Text.Json.Nodes;

namespace Attune.Runs.Checkpoints;

/// <summary>Finds the checkpoints of a run; writes nothing.</summary>
public static class CheckpointReader
{
    internal const string Best = "best.json";
    internal const string Last = "last.json";

    /// <summary>The folder of a run's checkpoints.</summary>
    public static string FolderOf(RunDirectory run) => Path.Combine(run.Path, "checkpoints");

    /// <summary>The complete checkpoints, oldest first, not verified.</summary>
    public static IReadOnlyList<Checkpoint> All(RunDirectory run)
    {
        var folder = FolderOf(run);
        if (!Directory.Exists(folder)) return [];
        return [.. Directory.EnumerateDirectories(folder).Select(Checkpoint.FromPath).OfType<Checkpoint>().OrderBy(one => one.Step)];
    }

    /// <summary>The checkpoint with the lowest validation loss; null before the first validation.</summary>
    public static Checkpoint? BestOf(RunDirectory run) => Pointed(run, Best);

    /// <summary>The last one written; null before the first.</summary>
    public static Checkpoint? LastOf(RunDirectory run) => Pointed(run, Last);

    /// <summary>What a run means to those who use its model: the best checkpoint, else the last; verified.</summary>
    /// <param name="run">The run.</param>
    /// <param name="notice">Is told, in a sentence, of a damaged checkpoint that was passed over.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Run"/>: there is none, or none is whole.</exception>
    public static Checkpoint ForUse(RunDirectory run, Action<string> notice)
    {
        List<Checkpoint> candidates = [.. new[] { BestOf(run), LastOf(run) }.OfType<Checkpoint>(), .. All(run).Reverse()];
        return FirstWhole(candidates.Distinct(), notice)
            ?? throw new AttuneException(ExitCode.Run, $"{run.Path} holds no {(candidates.Count == 0 ? "" : "undamaged ")}checkpoint.",
                candidates.Count == 0 ? "The run ended before its first checkpoint; train again." : "Restore the files from a copy, or train again.");
    }

    /// <summary>The newest whole checkpoint, from which a run goes on; null when there is none yet.</summary>
    /// <param name="run">The run.</param>
    /// <param name="notice">As for <see cref="ForUse"/>.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Run"/>: there are some, and all are damaged.</exception>
    public static Checkpoint? ForResume(RunDirectory run, Action<string> notice)
    {
        var all = All(run);
        return FirstWhole(all.Reverse(), notice) ?? (all.Count == 0 ? null
            : throw new AttuneException(ExitCode.Run, $"{run.Path} cannot be resumed: every checkpoint is damaged.", "Restore the files from a copy, or train again."));
    }

    private static Checkpoint? FirstWhole(IEnumerable<Checkpoint> candidates, Action<string> notice)
    {
        foreach (var checkpoint in candidates)
        {
            try
            {
                checkpoint.Verify();
                return checkpoint;
            }
            catch (AttuneException damage) when (damage.Code == ExitCode.Run)
            {
                notice($"{checkpoint.Name} is passed over: {damage.Message}");
            }
        }

        return null;
    }

    /// <summary>A pointer that is missing, damaged or points at nothing is none: <see cref="All"/> still finds the folders.</summary>
    private static Checkpoint? Pointed(RunDirectory run, string pointer)
    {
        try
        {
            var name = JsonFile.Read(Path.Combine(run.Path, pointer))["checkpoint"];
            if (name?.GetValueKind() != JsonValueKind.String) return null;
            return All(run).FirstOrDefault(one => one.Name == name.GetValue<string>());
        }
        catch (AttuneException)
        {
            return null;
        }
    }

    internal static void Point(RunDirectory run, string pointer, Checkpoint checkpoint) =>
        JsonFile.Write(Path.Combine(run.Path, pointer), new JsonObject { ["checkpoint"] = checkpoint.Name, ["step"] = checkpoint.Step });
}
