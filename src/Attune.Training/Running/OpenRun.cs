using Attune.Runs;
using Attune.Runs.Checkpoints;
using Attune.Training.Recipes;

namespace Attune.Training.Running;

/// <summary>A run directory that this process trains in, whatever kind of run it is: locked, with its checkpoints and the one it goes on from.</summary>
internal sealed class OpenRun : IDisposable
{
    private readonly RunLock _lock;

    private OpenRun(RunDirectory directory, RunLock @lock, CheckpointStore store, Checkpoint? from, bool isResumed, TimeProvider clock)
    {
        (Directory, _lock, Store, From, IsResumed, Clock) = (directory, @lock, store, from, isResumed, clock);
    }

    /// <summary>Where it writes.</summary>
    public RunDirectory Directory { get; }

    /// <summary>Its checkpoints.</summary>
    public CheckpointStore Store { get; }

    /// <summary>The one it goes on from; null: the start.</summary>
    public Checkpoint? From { get; }

    /// <summary>Whether another process began it.</summary>
    public bool IsResumed { get; }

    /// <summary>Stamps the metrics.</summary>
    public TimeProvider Clock { get; }

    /// <summary>Makes a run directory with the recipe in it.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="clock">Names the directory and stamps the metrics.</param>
    /// <param name="fill">Writes what else belongs there from the beginning.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Environment"/>: it cannot be made.</exception>
    public static OpenRun Start<TRecipe>(ResolvedRecipe<TRecipe> recipe, TimeProvider clock, Action<RunDirectory> fill)
        where TRecipe : TrainingRecipe
    {
        var value = recipe.Value;
        var directory = RunDirectory.Create(value.Output, value.Name, RecipeWriter.Write(recipe), clock);
        var @lock = RunLock.Take(directory.Path);
        try
        {
            fill(directory);
            return new OpenRun(directory, @lock, new CheckpointStore(directory, value.SaveTotalLimit), null, false, clock);
        }
        catch
        {
            @lock.Dispose();
            throw;
        }
    }

    /// <summary>Opens a run to go on from its newest whole checkpoint, or from its start where it has none yet.</summary>
    /// <typeparam name="TRecipe">The record of its recipe.</typeparam>
    /// <typeparam name="TRun">What is made of it.</typeparam>
    /// <param name="kind">Kind of its recipe.</param>
    /// <param name="folder">The run directory.</param>
    /// <param name="clock">Stamps the metrics.</param>
    /// <param name="notice">Is told, in a sentence, of a damaged checkpoint that was passed over.</param>
    /// <param name="make">Makes the run; where it throws, the directory is free again.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Run"/>: not a run of this kind, in use, damaged; or what is wrong in its recipe.</exception>
    public static TRun Resume<TRecipe, TRun>(
        RecipeKind<TRecipe> kind, string folder, TimeProvider clock, Action<string> notice, Func<OpenRun, ResolvedRecipe<TRecipe>, TRun> make)
        where TRecipe : TrainingRecipe
    {
        var directory = RunDirectory.Open(folder);
        if (directory.Kind != kind.Run)
            throw new AttuneException(ExitCode.Run, $"{folder} is a run of attune {directory.Kind.Verb()}.", $"Go on with: attune {directory.Kind.Verb()} --resume {folder}");
        var @lock = RunLock.Take(directory.Path);
        try
        {
            var recipe = RecipeLoader.Load(kind, directory.RecipePath);
            var store = new CheckpointStore(directory, recipe.Value.SaveTotalLimit);
            return make(new OpenRun(directory, @lock, store, store.Resume(notice), true, clock), recipe);
        }
        catch
        {
            @lock.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();
}
