using System.Text.Json.Nodes;

namespace Attune.Runs.Checkpoints;

/// <summary>
/// Writes the checkpoints of a run that this process has locked. A checkpoint is written beside its place, put on
/// disk, given checksums and then renamed: a folder <c>step-…</c> is complete or does not exist. Then the pointers
/// <c>last.json</c> and <c>best.json</c> follow, then old checkpoints go.
/// </summary>
public sealed class CheckpointStore
{
    internal const string StateFile = "state.json";
    private const string BestStep = "best_step";

    /// <summary>Room left for metrics, pointers and what the estimate misses.</summary>
    private const long Reserve = 16 << 20;

    private readonly RunDirectory _run;
    private readonly string _folder;
    private readonly int _keep;
    private readonly Func<string, long> _freeSpace;

    /// <summary>Opens the store, and finishes or clears away what a killed process left half done.</summary>
    /// <param name="run">The run, locked by this process.</param>
    /// <param name="saveTotalLimit">Last checkpoints kept, at least 1; the best one besides.</param>
    /// <param name="freeSpace">Bytes free at a path; null asks the system.</param>
    public CheckpointStore(RunDirectory run, int saveTotalLimit, Func<string, long>? freeSpace = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(saveTotalLimit, 1);
        (_run, _folder, _keep) = (run, CheckpointReader.FolderOf(run), saveTotalLimit);
        _freeSpace = freeSpace ?? (path => new DriveInfo(Path.GetFullPath(path)).AvailableFreeSpace);
        Directory.CreateDirectory(_folder);
        foreach (var rest in Directory.GetDirectories(_folder, ".*")) Recover(rest);
    }

    /// <summary>Writes a checkpoint; one of the same step is replaced.</summary>
    /// <param name="step">The last optimizer step done.</param>
    /// <param name="isBest">Whether its validation loss is the lowest so far.</param>
    /// <param name="estimatedBytes">About what the files take; checked against the free space before anything is written.</param>
    /// <param name="state">Becomes <c>state.json</c>.</param>
    /// <param name="writeFiles">Writes weights and optimizer into the folder it is given.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Environment"/>: disk full or no permission; older checkpoints are untouched.</exception>
    public Checkpoint Save(int step, bool isBest, long estimatedBytes, JsonObject state, Action<string> writeFiles)
    {
        var checkpoint = new Checkpoint(Path.Combine(_folder, Checkpoint.NameOf(step)), step);
        CheckSpace(checkpoint, estimatedBytes);
        var bestStep = isBest ? step : CheckpointReader.BestOf(_run)?.Step;
        var temporary = Path.Combine(_folder, $".{checkpoint.Name}.tmp");
        try
        {
            Delete(temporary);
            Directory.CreateDirectory(temporary);
            writeFiles(temporary);
            var record = (JsonObject)state.DeepClone();
            record[BestStep] = bestStep;
            JsonFile.Write(Path.Combine(temporary, StateFile), record);
            Checksums.Write(temporary);
            Replace(temporary, checkpoint);
            CheckpointReader.Point(_run, CheckpointReader.Last, checkpoint);
            if (isBest) CheckpointReader.Point(_run, CheckpointReader.Best, checkpoint);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Delete(temporary);
            throw new AttuneException(ExitCode.Environment, $"{checkpoint.Path} cannot be written: {exception.Message}",
                $"Free some space or give the right to write there, then go on with: attune {_run.Kind.Verb()} --resume {_run.Path}", exception);
        }

        Prune(bestStep);
        return checkpoint;
    }

    /// <summary>
    /// The newest whole checkpoint, or null. The pointers are set to what they were when it was written, as a kill
    /// between rename and pointer leaves them behind; damaged ones after it are renamed to <c>damaged-step-…</c>.
    /// </summary>
    /// <param name="notice">Is told, in a sentence, of a damaged checkpoint that was passed over.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Run"/>: all checkpoints are damaged.</exception>
    public Checkpoint? Resume(Action<string> notice)
    {
        if (CheckpointReader.ForResume(_run, notice) is not { } newest) return null;
        foreach (var damaged in CheckpointReader.All(_run).Where(one => one.Step > newest.Step))
        {
            var aside = Path.Combine(_folder, $"damaged-{damaged.Name}");
            Delete(aside);
            Directory.Move(damaged.Path, aside);
        }

        CheckpointReader.Point(_run, CheckpointReader.Last, newest);
        var bestStep = (int?)JsonNumber.From(newest.ReadState()[BestStep]);
        if (CheckpointReader.All(_run).FirstOrDefault(one => one.Step == bestStep) is { } best)
            CheckpointReader.Point(_run, CheckpointReader.Best, best);
        else
            File.Delete(Path.Combine(_run.Path, CheckpointReader.Best));
        return newest;
    }

    private void CheckSpace(Checkpoint checkpoint, long bytes)
    {
        const double megabyte = 1e6;
        var free = _freeSpace(_folder);
        if (free < bytes + Reserve)
        {
            throw new AttuneException(ExitCode.Environment,
                $"{checkpoint.Path} needs {(bytes + Reserve) / megabyte:N0} MB and the disk has {free / megabyte:N0} MB free; nothing was written.",
                $"Free some space, then go on with: attune {_run.Kind.Verb()} --resume {_run.Path}");
        }
    }

    /// <summary>A folder cannot be renamed onto a full one: the old steps aside first, and <see cref="Recover"/> knows.</summary>
    private void Replace(string temporary, Checkpoint checkpoint)
    {
        var aside = Path.Combine(_folder, $".{checkpoint.Name}.old");
        if (Directory.Exists(checkpoint.Path)) Directory.Move(checkpoint.Path, aside);
        Directory.Move(temporary, checkpoint.Path);
        DurableFolder.Flush(_folder);
        Delete(aside);
    }

    private void Prune(int? bestStep)
    {
        var all = CheckpointReader.All(_run);
        foreach (var old in all.SkipLast(_keep).Where(one => one.Step != bestStep))
        {
            var dying = Path.Combine(_folder, $".{old.Name}.tmp"); // Half deleted it must not look like a checkpoint.
            Directory.Move(old.Path, dying);
            Delete(dying);
        }
    }

    private void Recover(string rest)
    {
        var name = Path.GetFileName(rest)[1..];
        if (name.EndsWith(".old", StringComparison.Ordinal) && Path.Combine(_folder, name[..^4]) is var place && !Directory.Exists(place))
            Directory.Move(rest, place);
        else
            Delete(rest);
    }

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }
}
