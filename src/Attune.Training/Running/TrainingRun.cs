using Attune.Data.Manifest;
using Attune.Runs;
using Attune.Runs.Checkpoints;
using Attune.Training.Loop;
using Attune.Training.Objectives;
using Attune.Training.Recipes;
using Attune.Training.Tuned;

namespace Attune.Training.Running;

/// <summary>A run and its directory, from the first step or from a checkpoint to its end.</summary>
public sealed class TrainingRun : IDisposable
{
    private readonly RunLock _lock;
    private readonly CheckpointStore _store;
    private readonly Checkpoint? _from;
    private readonly bool _isResumed;
    private readonly TimeProvider _clock;

    private TrainingRun(RunDirectory directory, RunLock @lock, CheckpointStore store, Checkpoint? from, bool isResumed, PreparedRun prepared, TimeProvider clock)
    {
        (Directory, _lock, _store, _from, _isResumed, Prepared, _clock) = (directory, @lock, store, from, isResumed, prepared, clock);
    }

    /// <summary>Where it writes.</summary>
    public RunDirectory Directory { get; }

    /// <summary>Model, data and recipe.</summary>
    public PreparedRun Prepared { get; }

    /// <summary>Makes a new run directory with recipe and data in it.</summary>
    /// <param name="prepared">Owned by the run from here on.</param>
    /// <param name="clock">Names the directory and stamps the metrics.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Environment"/>: it cannot be made.</exception>
    public static TrainingRun Start(PreparedRun prepared, TimeProvider clock)
    {
        var recipe = prepared.Recipe.Value;
        var directory = RunDirectory.Create(recipe.Output, recipe.Name, RecipeWriter.Write(prepared.Recipe), clock);
        var @lock = RunLock.Take(directory.Path);
        try
        {
            PreparedFiles.Write(directory.DataPath, prepared.Data);
            PromptFormFile.Write(directory, prepared.Form);
            return new TrainingRun(directory, @lock, new CheckpointStore(directory, recipe.SaveTotalLimit), null, false, prepared, clock);
        }
        catch
        {
            @lock.Dispose();
            throw;
        }
    }

    /// <summary>Opens a run to go on from its newest whole checkpoint, or from its start where it has none yet.</summary>
    /// <param name="folder">The run directory.</param>
    /// <param name="clock">Stamps the metrics.</param>
    /// <param name="notice">Is told, in a sentence, of a damaged checkpoint that was passed over.</param>
    /// <exception cref="AttuneException">As of <see cref="PreparedRun.Create"/>; <see cref="ExitCode.Run"/>: not a run, in use, damaged.</exception>
    public static TrainingRun Resume(string folder, TimeProvider clock, Action<string> notice)
    {
        var directory = RunDirectory.Open(folder);
        if (directory.Kind == RunKind.Pretraining)
            throw new AttuneException(ExitCode.Run, $"{folder} is a run of attune pretrain.", $"Go on with: attune pretrain --resume {folder}");
        var @lock = RunLock.Take(directory.Path);
        try
        {
            var recipe = RecipeLoader.Load(directory.RecipePath);
            var store = new CheckpointStore(directory, recipe.Value.SaveTotalLimit);
            var from = store.Resume(notice);
            return new TrainingRun(directory, @lock, store, from, true, PreparedRun.Create(recipe, from), clock);
        }
        catch
        {
            @lock.Dispose();
            throw;
        }
    }

    /// <summary>Trains to the end.</summary>
    /// <param name="observer">Watches.</param>
    /// <param name="stopRequested">Asked after each step; then a checkpoint is written and the run ends as interrupted.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Training"/>, <see cref="ExitCode.Environment"/>; <see cref="ExitCode.Run"/>: the rows are not those of the run.</exception>
    public TrainingResult Train(ITrainingObserver observer, Func<bool> stopRequested)
    {
        var recipe = Prepared.Recipe.Value;
        return new RunLoop
        {
            Directory = Directory,
            Store = _store,
            From = _from,
            IsResumed = _isResumed,
            Clock = _clock,
            Recipe = recipe,
            Decoder = Prepared.Model.Decoder,
            Trained = Prepared.Trained,
            Order = Prepared.Order,
            RowOrder = RowOrder.Of(Prepared.Train, Prepared.Order.EffectiveBatch, recipe.Seed),
            LearningRates = Prepared.LearningRates,
            EarlyStopping = new EarlyStopping(recipe.EarlyStoppingPatience, recipe.EarlyStoppingThreshold),
            LargestMicroBatch = MicroBatchSizes.Largest(Prepared.Train, Prepared.Order, Prepared.TotalSteps, recipe.MicroBatchTokens!.Value),
            Tokens = Enumerable.Range(1, Prepared.TotalSteps).SelectMany(Prepared.Order.RowsOfStep).Sum(row => (long)Prepared.Train[row].TokenIds.Length),
            Objective = model => new SupervisedObjective(model, Prepared.Train, Prepared.Validation, recipe.MicroBatchTokens.Value),
            Arithmetic = firstStep => Prepared.Arithmetic(Directory.Path, firstStep),
            Sample = SampleAnswers.Of(Prepared),
        }.Train(observer, stopRequested);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Prepared.Dispose();
        _lock.Dispose();
    }
}
