using Attune.Data.Manifest;
using Attune.Runs;
using Attune.Training.Loop;
using Attune.Training.Objectives;
using Attune.Training.Recipes;
using Attune.Training.Tuned;

namespace Attune.Training.Running;

/// <summary>A run and its directory, from the first step or from a checkpoint to its end.</summary>
public sealed class TrainingRun : IDisposable
{
    private readonly OpenRun _run;

    private TrainingRun(OpenRun run, PreparedRun prepared) => (_run, Prepared) = (run, prepared);

    /// <summary>Where it writes.</summary>
    public RunDirectory Directory => _run.Directory;

    /// <summary>Model, data and recipe.</summary>
    public PreparedRun Prepared { get; }

    /// <summary>Makes a new run directory with recipe and data in it.</summary>
    /// <param name="prepared">Owned by the run from here on.</param>
    /// <param name="clock">Names the directory and stamps the metrics.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Environment"/>: it cannot be made.</exception>
    public static TrainingRun Start(PreparedRun prepared, TimeProvider clock) => new(
        OpenRun.Start(prepared.Recipe, clock, directory =>
        {
            PreparedFiles.Write(directory.DataPath, prepared.Data);
            PromptFormFile.Write(directory, prepared.Form);
        }),
        prepared);

    /// <summary>Opens a run to go on from its newest whole checkpoint, or from its start where it has none yet.</summary>
    /// <param name="folder">The run directory.</param>
    /// <param name="clock">Stamps the metrics.</param>
    /// <param name="notice">Is told, in a sentence, of a damaged checkpoint that was passed over.</param>
    /// <exception cref="AttuneException">As of <see cref="PreparedRun.Create"/>; <see cref="ExitCode.Run"/>: not a run, in use, damaged.</exception>
    public static TrainingRun Resume(string folder, TimeProvider clock, Action<string> notice) =>
        OpenRun.Resume(RecipeKind.Tuning, folder, clock, notice, (run, recipe) => new TrainingRun(run, PreparedRun.Create(recipe, run.From)));

    /// <summary>Trains to the end.</summary>
    /// <param name="observer">Watches.</param>
    /// <param name="stopRequested">Asked after each step; then a checkpoint is written and the run ends as interrupted.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Training"/>, <see cref="ExitCode.Environment"/>; <see cref="ExitCode.Run"/>: the rows are not those of the run.</exception>
    public TrainingResult Train(ITrainingObserver observer, Func<bool> stopRequested)
    {
        var recipe = Prepared.Recipe.Value;
        return new RunLoop
        {
            Run = _run,
            Recipe = recipe,
            Decoder = Prepared.Model.Decoder,
            Trained = Prepared.Trained,
            Order = Prepared.Order,
            RowOrder = RowOrder.Of(Prepared.Train, Prepared.Order.EffectiveBatch, recipe.Seed),
            LearningRates = Prepared.LearningRates,
            EarlyStopping = new EarlyStopping(recipe.EarlyStoppingPatience, recipe.EarlyStoppingThreshold),
            LargestMicroBatch = Prepared.Steps.LargestMicroBatch,
            Tokens = Enumerable.Range(1, Prepared.TotalSteps).SelectMany(Prepared.Order.RowsOfStep).Sum(row => (long)Prepared.Train[row].TokenIds.Length),
            Objective = model => new SupervisedObjective(model, Prepared.Train, Prepared.Validation, recipe.MicroBatchTokens!.Value),
            Arithmetic = firstStep => Prepared.Arithmetic(Directory.Path, firstStep),
            Sample = SampleAnswers.Of(Prepared),
        }.Train(observer, stopRequested);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Prepared.Dispose();
        _run.Dispose();
    }
}
